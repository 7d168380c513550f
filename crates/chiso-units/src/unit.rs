//! A unit, its names and its kinds over time.

use std::fmt;

use jiff::civil::Date;

use crate::UnitCode;

/// A name in the two languages of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Vietnamese, with diacritics.
    pub vi: String,
    /// English.
    pub en: String,
}

/// What a unit of the first tier is by law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A province (tỉnh).
    Province,
    /// A centrally run city (thành phố trực thuộc trung ương).
    Municipality,
}

impl Kind {
    /// The word for the kind in Vietnamese, as it stands before a name.
    pub fn word_vi(self) -> &'static str {
        match self {
            Kind::Province => "tỉnh",
            Kind::Municipality => "thành phố",
        }
    }

    /// The word for the kind in English.
    pub fn word_en(self) -> &'static str {
        match self {
            Kind::Province => "province",
            Kind::Municipality => "municipality",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.word_en())
    }
}

/// A time in which a unit was of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindPeriod {
    /// The kind.
    pub kind: Kind,
    /// First day.
    pub valid_from: Date,
    /// Last day; none while it lasts.
    pub valid_to: Option<Date>,
}

/// A unit of one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its code within its list.
    pub code: UnitCode,
    /// Its name.
    pub name: Name,
    /// Other spellings under which it is found.
    pub aliases: Vec<String>,
    /// Its kinds in order of time, without gaps, over the life of its list.
    pub kinds: Vec<KindPeriod>,
    /// First day of the unit in this list.
    pub valid_from: Date,
    /// Last day of the unit in this list; none while it lasts.
    pub valid_to: Option<Date>,
}

impl Unit {
    /// The latest kind in the list; use [`Unit::kind_on`] where the date is known.
    pub fn kind(&self) -> Kind {
        self.kinds
            .last()
            .map_or(Kind::Province, |period| period.kind)
    }

    /// The kind on a day; none where the unit did not exist on that day.
    pub fn kind_on(&self, day: Date) -> Option<Kind> {
        let holds = |period: &&KindPeriod| {
            period.valid_from <= day && period.valid_to.is_none_or(|last| day <= last)
        };
        self.kinds.iter().find(holds).map(|period| period.kind)
    }

    /// Every spelling under which the unit is found, names first.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        let names = [self.name.vi.as_str(), self.name.en.as_str()];
        names
            .into_iter()
            .chain(self.aliases.iter().map(String::as_str))
    }
}
