//! The order of the Vietnamese alphabet, for lists sorted by name.

use unicode_normalization::UnicodeNormalization;

/// The letters in order. Those with a hat, breve or horn are letters of their own; f, j, w and z
/// stand where the Latin alphabet has them.
const ALPHABET: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";

/// The tone marks in dictionary order after "no tone": huyền, hỏi, ngã, sắc, nặng.
const TONES: [char; 5] = ['\u{300}', '\u{309}', '\u{303}', '\u{301}', '\u{323}'];

const WORD_BREAK: u32 = 1;
const FIRST_DIGIT: u32 = 16;
const FIRST_LETTER: u32 = 32;
const FIRST_OTHER: u32 = 128;

/// What [`sort_key_vi`] gives: keys compare as the names do in a Vietnamese list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortKey {
    letters: Vec<u32>,
    /// One tone a word, so that "hòa" and "hoà" are one spelling.
    tones: Vec<u8>,
}

/// The key by which a name is sorted: letters in the order of the Vietnamese alphabet first, then,
/// where all letters agree, the tone of each word (none, huyền, hỏi, ngã, sắc, nặng). Case and
/// punctuation do not count, and neither does the vowel on which the tone is written.
pub fn sort_key_vi(name: &str) -> SortKey {
    let mut toneless = String::with_capacity(name.len());
    let mut tones = vec![0];
    for letter in name.nfd().flat_map(char::to_lowercase) {
        if let Some(place) = TONES.iter().position(|mark| *mark == letter) {
            if let Some(tone) = tones.last_mut() {
                *tone = place as u8 + 1;
            }
        } else if !is_break(letter) {
            toneless.push(letter);
        } else if !toneless.is_empty() && !toneless.ends_with(' ') {
            toneless.push(' ');
            tones.push(0);
        }
    }
    if toneless.ends_with(' ') {
        toneless.pop();
        tones.pop();
    }
    SortKey {
        letters: toneless.nfc().map(weight).collect(),
        tones,
    }
}

fn is_break(letter: char) -> bool {
    letter.is_whitespace() || letter.is_ascii_punctuation() || matches!(letter, '–' | '—' | '’')
}

fn weight(letter: char) -> u32 {
    if letter == ' ' {
        return WORD_BREAK;
    }
    if let Some(digit) = letter.to_digit(10) {
        return FIRST_DIGIT + digit;
    }
    match ALPHABET.chars().position(|known| known == letter) {
        Some(place) => FIRST_LETTER + place as u32,
        None => FIRST_OTHER + letter as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut names: Vec<&str>) -> Vec<&str> {
        names.sort_by_key(|name| sort_key_vi(name));
        names
    }

    #[test]
    fn letters_stand_in_vietnamese_order() {
        let names = vec![
            "Điện Biên",
            "Đà Nẵng",
            "Cần Thơ",
            "Cao Bằng",
            "Đắk Lắk",
            "An Giang",
        ];
        let order = [
            "An Giang",
            "Cao Bằng",
            "Cần Thơ",
            "Đà Nẵng",
            "Đắk Lắk",
            "Điện Biên",
        ];
        assert_eq!(sorted(names), order);
        assert_eq!(sorted(vec!["đa", "dz", "da"]), ["da", "dz", "đa"]);
        assert_eq!(sorted(vec!["â", "b", "ă", "a"]), ["a", "ă", "â", "b"]);
    }

    #[test]
    fn a_shorter_word_precedes_a_longer_one_that_begins_with_it() {
        assert_eq!(
            sorted(vec!["Hải Dương", "Hà Tĩnh", "Hà Nam"]),
            ["Hà Nam", "Hà Tĩnh", "Hải Dương"]
        );
    }

    #[test]
    fn tones_decide_only_where_all_letters_agree() {
        let tones = ["ma", "mà", "mả", "mã", "má", "mạ"];
        let mut shuffled = tones.to_vec();
        shuffled.reverse();
        assert_eq!(sorted(shuffled), tones);
        assert_eq!(
            sorted(vec!["Quảng Ninh", "Quang Trung"]),
            ["Quảng Ninh", "Quang Trung"]
        );
    }

    #[test]
    fn the_place_of_the_tone_mark_case_and_hyphens_do_not_count() {
        assert_eq!(sort_key_vi("Hòa Bình"), sort_key_vi("HOÀ BÌNH"));
        assert_eq!(
            sort_key_vi("Bà Rịa-Vũng Tàu"),
            sort_key_vi("Bà Rịa - Vũng Tàu")
        );
        assert_ne!(sort_key_vi("Hòa Bình"), sort_key_vi("Hoa Bình"));
    }
}
