//! The form of a map file: shapes already projected to a flat plane, by unit code.

use serde::{Deserialize, Serialize};

use crate::error::PublishError;
use crate::language::Lang;

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalName {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl LocalName {
    /// The name in a language.
    pub fn get(&self, lang: Lang) -> &str {
        lang.pick(&self.vi, &self.en)
    }
}

/// One unit's shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapUnit {
    /// The unit's code in the list that the map is made for.
    pub code: String,
    /// An SVG path in the map's plane.
    pub path: String,
    /// A point inside the shape where a label can stand.
    #[serde(default)]
    pub label: Option<[f64; 2]>,
}

/// An upright rectangle in the map's plane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// An island in an inset, drawn as a dot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Island {
    /// Its name, if known.
    #[serde(default)]
    pub name: Option<LocalName>,
    /// Horizontal place in the map's plane.
    pub x: f64,
    /// Vertical place in the map's plane.
    pub y: f64,
    /// Radius of the dot in the map's plane.
    #[serde(default = "island_radius")]
    pub r: f64,
}

fn island_radius() -> f64 {
    2.0
}

/// An archipelago that lies outside the frame of the mainland.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inset {
    /// Its name.
    pub name: LocalName,
    /// Code of the unit to which it belongs in the list of 63.
    pub owner_63: Option<String>,
    /// Code of the unit to which it belongs in the list of 34.
    pub owner_34: Option<String>,
    /// The box in which it is drawn.
    pub frame: Frame,
    /// Its islands.
    pub islands: Vec<Island>,
}

/// A map file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapGeometry {
    /// The list of units for which it is made: `provinces-63`.
    pub id: String,
    /// Where the shapes come from.
    pub source: String,
    /// What a figure says of it below the map, where the file has it.
    #[serde(default)]
    pub credit: Option<LocalName>,
    /// Their licence.
    pub licence: String,
    /// Whether the shapes are only schematic, which every figure then says.
    pub schematic: bool,
    /// Width of the plane.
    pub width: f64,
    /// Height of the plane.
    pub height: f64,
    /// The shapes.
    pub units: Vec<MapUnit>,
    /// The archipelagos.
    #[serde(default)]
    pub insets: Vec<Inset>,
}

impl MapGeometry {
    /// Reads a map file.
    ///
    /// # Errors
    /// [`PublishError::Map`] with the line, where the text is not JSON of this form.
    pub fn from_json(text: &str) -> Result<MapGeometry, PublishError> {
        serde_json::from_str(text).map_err(|error| PublishError::Map {
            line: error.line(),
            reason: error.to_string(),
        })
    }

    /// The code of the unit to which an inset belongs, in the list that the map is made for.
    pub fn owner<'a>(&self, inset: &'a Inset) -> Option<&'a str> {
        if self.id.ends_with("34") {
            inset.owner_34.as_deref()
        } else {
            inset.owner_63.as_deref()
        }
    }
}
