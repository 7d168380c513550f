//! A made-up list of places: how many there are, how large they are, where the seats are.

use std::ops::RangeInclusive;

use super::SimulateError;
use super::error::within;
use crate::select::{Frame, FrameRow, Stream};

/// What a synthetic frame is to look like. Nothing of it is a real place.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameShape {
    /// The name of the highest level.
    pub domain_level: String,
    /// The domains.
    pub domains: Vec<DomainShape>,
    /// The levels below, highest first.
    pub levels: Vec<LevelShape>,
    /// The size of a unit of the lowest level, e.g. adults of a village.
    pub size: RangeInclusive<usize>,
}

/// A domain of a synthetic frame.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainShape {
    /// Its identifier.
    pub id: String,
    /// By how much the number of its units of the next level is multiplied.
    pub factor: f64,
}

/// A level of a synthetic frame.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelShape {
    /// Its name.
    pub name: String,
    /// How many units each unit above has: a number from this range, each equally likely.
    pub units: RangeInclusive<usize>,
    /// By how much the seat is larger: what lies in it has its sizes multiplied by this.
    pub seat_factor: f64,
}

/// Makes a frame. The first unit of every group is its seat, flagged as certain; identifiers are
/// numbers of three digits, which sort as they count.
///
/// # Errors
///
/// A range that is empty or begins with 0, more than 999 units, a factor that is not above 0 (of a
/// seat: and at most 1000); what
/// [`Frame::new`] refuses.
pub fn synthetic_frame(shape: &FrameShape, seed: u64) -> Result<Frame, SimulateError> {
    check(shape)?;
    let levels = shape.levels.iter().map(|level| level.name.clone());
    let levels = std::iter::once(shape.domain_level.clone())
        .chain(levels)
        .collect();
    let mut rows = Vec::new();
    for domain in &shape.domains {
        let mut maker = Maker {
            shape,
            seed,
            factor: domain.factor,
            rows: &mut rows,
        };
        maker.below(vec![domain.id.clone()], vec![false], 1.0);
    }
    Ok(Frame::new(levels, rows)?)
}

fn check(shape: &FrameShape) -> Result<(), SimulateError> {
    let level_ranges = shape
        .levels
        .iter()
        .map(|level| (level.name.as_str(), &level.units));
    for (name, range) in level_ranges.chain([("size", &shape.size)]) {
        if range.is_empty() || *range.start() == 0 {
            return Err(SimulateError::Setting {
                what: format!("frame, {name}"),
                found: format!("{} to {}", range.start(), range.end()),
                expected: "a range that begins with 1 or more",
            });
        }
    }
    for domain in &shape.domains {
        let first = shape.levels.first().map_or(1, |level| *level.units.end());
        let most = domain.factor * first as f64;
        if !(domain.factor > 0.0 && most <= 999.0) {
            return Err(SimulateError::Setting {
                what: format!("frame, factor of {}", domain.id),
                found: domain.factor.to_string(),
                expected: "a number above 0 that leads to at most 999 units",
            });
        }
    }
    for level in &shape.levels {
        let what = || format!("frame, {}, seat factor", level.name);
        within(
            what,
            level.seat_factor,
            f64::MIN_POSITIVE..=1e3,
            "a number above 0, up to 1000",
        )?;
    }
    match shape.levels.iter().find(|level| *level.units.end() > 999) {
        Some(level) => Err(SimulateError::Setting {
            what: format!("frame, {}", level.name),
            found: level.units.end().to_string(),
            expected: "at most 999 units",
        }),
        None => Ok(()),
    }
}

struct Maker<'a> {
    shape: &'a FrameShape,
    seed: u64,
    factor: f64,
    rows: &'a mut Vec<FrameRow>,
}

impl Maker<'_> {
    /// Adds the rows below a place whose sizes are multiplied by `larger`.
    fn below(&mut self, path: Vec<String>, certain: Vec<bool>, larger: f64) {
        let mut place = path.clone();
        place.push("frame".to_owned());
        let mut stream = Stream::new(self.seed, &place);
        let Some(level) = self.shape.levels.get(path.len() - 1) else {
            let size = number(&mut stream, &self.shape.size) as f64;
            let size = Some((size * larger).round().max(1.0));
            self.rows.push(FrameRow {
                path,
                size,
                certain,
            });
            return;
        };
        let units = number(&mut stream, &level.units);
        let factor = if path.len() == 1 { self.factor } else { 1.0 };
        let units = ((units as f64 * factor).round() as usize).max(1);
        for unit in 1..=units {
            let mut path = path.clone();
            path.push(format!("{unit:03}"));
            let mut certain = certain.clone();
            certain.push(unit == 1);
            let larger = if unit == 1 {
                larger * level.seat_factor
            } else {
                larger
            };
            self.below(path, certain, larger);
        }
    }
}

fn number(stream: &mut Stream, range: &RangeInclusive<usize>) -> usize {
    range.start() + stream.below(range.end() - range.start() + 1)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn shape(domains: usize) -> FrameShape {
        let level = |name: &str, units| LevelShape {
            name: name.to_owned(),
            units,
            seat_factor: 1.0,
        };
        FrameShape {
            domain_level: "province".to_owned(),
            domains: (1..=domains)
                .map(|id| DomainShape {
                    id: format!("{id:02}"),
                    factor: 1.0,
                })
                .collect(),
            levels: vec![
                level("district", 4..=9),
                level("commune", 3..=8),
                level("village", 3..=6),
            ],
            size: 200..=900,
        }
    }

    #[test]
    fn a_frame_has_the_units_it_is_to_have_and_one_seat_in_each_group() {
        let mut wanted = shape(3);
        wanted.domains[1].factor = 3.0;
        let frame = synthetic_frame(&wanted, 7).unwrap();
        let of = |domain: &str| {
            let mut districts: Vec<&str> = frame
                .rows()
                .iter()
                .filter(|row| row.path[0] == domain)
                .map(|row| row.path[1].as_str())
                .collect();
            districts.dedup();
            districts.len()
        };
        assert!((4..=9).contains(&of("01")));
        assert!((12..=27).contains(&of("02")));
        for row in frame.rows() {
            assert!((200.0..=900.0).contains(&row.size.unwrap()));
            for level in 1..4 {
                assert_eq!(row.certain[level], row.path[level] == "001");
            }
        }
    }

    #[test]
    fn a_seat_is_larger_by_its_factor() {
        let plain = synthetic_frame(&shape(2), 7).unwrap();
        let mut wanted = shape(2);
        wanted.levels[0].seat_factor = 2.0;
        wanted.levels[2].seat_factor = 1.5;
        let larger = synthetic_frame(&wanted, 7).unwrap();
        for (row, larger) in plain.rows().iter().zip(larger.rows()) {
            let district = if row.path[1] == "001" { 2.0 } else { 1.0 };
            let village = if row.path[3] == "001" { 1.5 } else { 1.0 };
            let expected = (row.size.unwrap() * district * village).round();
            assert_eq!(larger.size, Some(expected));
        }
    }

    #[test]
    fn a_domain_is_the_same_without_its_neighbours() {
        let all = synthetic_frame(&shape(3), 7).unwrap();
        let mut wanted = shape(3);
        wanted.domains.remove(0);
        let fewer = synthetic_frame(&wanted, 7).unwrap();
        let rest: Vec<_> = all
            .rows()
            .iter()
            .filter(|row| row.path[0] != "01")
            .collect();
        assert_eq!(rest, fewer.rows().iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_range_that_begins_with_0_is_refused() {
        let mut wanted = shape(1);
        wanted.levels[1].units = 0..=3;
        let error = synthetic_frame(&wanted, 1).unwrap_err().to_string();
        assert_eq!(
            error,
            "frame, commune: found 0 to 3; expected a range that begins with 1 or more"
        );
    }
}
