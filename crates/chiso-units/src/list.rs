//! A list of units: codes, names and the index by which they are found.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::fold::lookup_key;
use crate::lookup::{self, LookupError};
use crate::table::{self, TableError};
use crate::{Name, Unit};

/// A closed list of units in which every code has one meaning.
#[derive(Debug, Clone)]
pub struct UnitList {
    id: String,
    name: Name,
    valid_from: Date,
    valid_to: Option<Date>,
    units: Vec<Unit>,
    by_code: HashMap<String, usize>,
    by_key: HashMap<String, Vec<usize>>,
}

impl UnitList {
    /// A list of these units.
    ///
    /// # Errors
    /// [`TableError::Invalid`] where a code occurs twice.
    pub fn new(
        id: &str,
        name: Name,
        valid_from: Date,
        valid_to: Option<Date>,
        mut units: Vec<Unit>,
    ) -> Result<UnitList, TableError> {
        units.sort_by(|left, right| left.code.cmp(&right.code));
        let mut by_code = HashMap::with_capacity(units.len());
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, unit) in units.iter().enumerate() {
            if by_code
                .insert(unit.code.as_str().to_owned(), place)
                .is_some()
            {
                let reason = format!("the list {id} has the code {:?} twice", unit.code.as_str());
                return Err(TableError::Invalid {
                    table: "units",
                    reason,
                });
            }
            for spelling in unit.spellings() {
                let places = by_key.entry(lookup_key(spelling)).or_default();
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
        }
        Ok(UnitList {
            id: id.to_owned(),
            name,
            valid_from,
            valid_to,
            units,
            by_code,
            by_key,
        })
    }

    /// The shipped list with this id: `provinces-63` (until 2025-06-30) or `provinces-34` (since
    /// 2025-07-01); none for any other id.
    pub fn by_id(id: &str) -> Option<&'static UnitList> {
        table::shipped().lists.iter().find(|list| list.id == id)
    }

    /// The ids of the shipped lists.
    pub fn ids() -> impl Iterator<Item = &'static str> {
        table::shipped().lists.iter().map(|list| list.id.as_str())
    }

    /// The shipped list that was in force on a day; none before 2008-08-01.
    pub fn in_force_on(day: Date) -> Option<&'static UnitList> {
        table::shipped()
            .lists
            .iter()
            .find(|list| list.valid_from <= day && list.valid_to.is_none_or(|last| day <= last))
    }

    /// The id of the list.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name of the list.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// First day of the list.
    pub fn valid_from(&self) -> Date {
        self.valid_from
    }

    /// Last day of the list; none while it is in force.
    pub fn valid_to(&self) -> Option<Date> {
        self.valid_to
    }

    /// The units in the order of their codes.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// How many units the list has.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether the list has no unit.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// The unit with exactly this code.
    pub fn get(&self, code: &str) -> Option<&Unit> {
        self.by_code.get(code).map(|place| &self.units[*place])
    }

    /// The unit that a person means by this text: a code, or a name or alias in any usual spelling.
    ///
    /// A single digit stands for the code from which a spreadsheet cut the leading zero. In names,
    /// case, diacritics, hyphens, dots, spaces and words of kind ("tỉnh", "thành phố", "TP.",
    /// "province", "city") do not matter; diacritics decide only where two units differ by nothing
    /// else.
    ///
    /// # Errors
    /// [`LookupError::Unknown`] with the closest units, [`LookupError::Former`] where the name is
    /// that of a unit which was merged into another of this list, [`LookupError::Ambiguous`] where
    /// several units fit equally well.
    pub fn find(&self, text: &str) -> Result<&Unit, LookupError> {
        lookup::find(self, text)
    }

    /// The units found under a lookup key.
    pub(crate) fn under_key(&self, key: &str) -> Vec<&Unit> {
        let places = self.by_key.get(key).map_or(&[][..], Vec::as_slice);
        places.iter().map(|place| &self.units[*place]).collect()
    }

    /// All lookup keys with the units found under each.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&str, &Unit)> {
        self.by_key.iter().flat_map(move |(key, places)| {
            places
                .iter()
                .map(move |place| (key.as_str(), &self.units[*place]))
        })
    }
}
