//! What the site shows, held in memory: published editions do not change while it runs.

use std::collections::BTreeMap;

use chiso_index::{Observations, Panel, Text};
use chiso_publish::{MapGeometry, PublishError};

use crate::explained::Kept;

/// An index with everything that is shown of it.
#[derive(Debug)]
pub struct IndexData {
    /// Its editions, scored on the list of units that its pack names.
    pub panel: Panel,
    /// The observations from which they were scored, for the file of the data page.
    pub observations: Observations,
    /// The same editions brought to other lists of units.
    pub derived: Vec<DerivedPanel>,
    /// Whose figures these are, and their licence: it stands under every figure.
    pub data_source: Text,
    /// Whether nobody gave the answers behind them: every page then says so.
    pub is_simulated: bool,
}

/// Editions brought to another list of units by a rule.
#[derive(Debug)]
pub struct DerivedPanel {
    /// The id of the list: `provinces-34`.
    pub list_id: String,
    /// The rule in words.
    pub rule: Text,
    /// The editions on that list.
    pub panel: Panel,
}

/// The indices and maps of a site.
#[derive(Debug)]
pub struct Site {
    pub(crate) indices: Vec<IndexData>,
    pub(crate) maps: BTreeMap<String, MapGeometry>,
    pub(crate) kept: Kept,
}

/// Why a site cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A map is not of the documented form.
    #[error("the map of the units {list}: {source}")]
    Map {
        /// The id of the list of units.
        list: String,
        /// What is wrong with it.
        source: PublishError,
    },
    /// There is nothing to show.
    #[error("found no index with a scored edition; expected at least one")]
    Empty,
}

impl Site {
    /// A site of these indices, the first of which is shown first; without maps.
    ///
    /// An index without a scored edition is left out.
    pub fn new(indices: Vec<IndexData>) -> Site {
        let indices = indices
            .into_iter()
            .filter(|index| !index.panel.editions.is_empty());
        Site {
            indices: indices.collect(),
            maps: BTreeMap::new(),
            kept: Kept::default(),
        }
    }

    /// The same site with maps: the text of a map file (JSON, `data/map/README.md`) by the id of the
    /// list of units that it draws. A list without a map is shown without one.
    ///
    /// # Errors
    /// [`SiteError::Map`] where a text is not of that form; [`SiteError::Empty`] without an index.
    pub fn with_maps(mut self, maps: &BTreeMap<String, String>) -> Result<Site, SiteError> {
        if self.indices.is_empty() {
            return Err(SiteError::Empty);
        }
        for (list, json) in maps {
            let read = MapGeometry::from_json(json);
            let map = read.map_err(|source| SiteError::Map {
                list: list.clone(),
                source,
            })?;
            self.maps.insert(list.clone(), map);
        }
        Ok(self)
    }

    pub(crate) fn index(&self, id: &str) -> Option<&IndexData> {
        self.indices.iter().find(|index| index.panel.pack.id == id)
    }
}
