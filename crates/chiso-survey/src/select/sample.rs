//! The units that were drawn, ready to be used as a survey design.

/// A sample.
///
/// As a survey design it can be declared in two ways. **All stages**: [`Taken::stratum`],
/// [`Taken::cluster`] and [`Taken::probability`] (as the stage's fpc, a fraction) for each stage;
/// exact for equal probabilities, and the form in which Brewer's approximation takes PPS stages. A
/// certainty unit is a stratum of its own with the fraction 1, so its stage contributes no variance
/// and the next one does. **First stage only**: [`SelectedUnit::stratum`] and
/// [`SelectedUnit::psu`], with replacement; see there.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The names of the levels: those of the domains, then one a stage.
    pub levels: Vec<String>,
    /// How many of them are domains.
    pub domain_levels: usize,
    /// The units, sorted by path; within the last stage the selected ones, then the replacements in
    /// their order.
    pub units: Vec<SelectedUnit>,
}

/// Whether a unit is in the sample or stands by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It is to be surveyed.
    Selected,
    /// It replaces a selected unit of the same cluster that cannot be reached: the 1st is used
    /// first.
    Replacement(usize),
}

/// A unit of the last stage.
#[derive(Clone, Debug, PartialEq)]
pub struct SelectedUnit {
    /// Its identifiers, one a level.
    pub path: Vec<String>,
    /// Whether it is selected or a replacement.
    pub role: Role,
    /// What happened at every stage, the first one first.
    pub stages: Vec<Taken>,
    /// Its inclusion probability, the product of the stages'. A replacement has that of the units
    /// it can replace.
    pub probability: f64,
    /// Its design weight, 1 / probability.
    pub weight: f64,
    /// The variance stratum for a design declared by its first random stage (ultimate clusters,
    /// drawn with replacement; Kalton 1979; Särndal, Swensson, Wretman 1992, ch. 4).
    ///
    /// A domain is a stratum and its first-stage units are the PSUs, but a certainty unit becomes a
    /// stratum of its own, whose units of the next stage are the PSUs, and so on down. Where a
    /// single unit was drawn beside certainty units, no variance could be computed: there all of
    /// them together are the PSUs of one stratum, as if all had been drawn, which overstates the
    /// variance (collapsed strata; Cochran 1977, §5A.12).
    pub stratum: String,
    /// The variance unit: see [`stratum`](Self::stratum).
    pub psu: String,
}

/// What happened to a unit at one stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// The stratum it was drawn in: the unit above, or itself if it was taken for certain.
    pub stratum: String,
    /// The unit's path, joined with `/`.
    pub cluster: String,
    /// Its inclusion probability given the unit above: the stage's fpc as a fraction.
    pub probability: f64,
    /// Whether it was taken for certain, by flag, by size or because all were.
    pub certain: bool,
}

impl Sample {
    /// The selected units without replacements.
    pub fn selected(&self) -> impl Iterator<Item = &SelectedUnit> {
        self.units.iter().filter(|unit| unit.role == Role::Selected)
    }

    /// The names of the columns of [`record`](Self::record): the levels, `role`, `replacement`,
    /// `probability`, `weight`, `stratum`, `psu`, and `stratumK`, `clusterK`, `fpcK` for each stage
    /// K from 1.
    pub fn header(&self) -> Vec<String> {
        let fixed = [
            "role",
            "replacement",
            "probability",
            "weight",
            "stratum",
            "psu",
        ];
        let mut header = self.levels.clone();
        header.extend(fixed.map(str::to_owned));
        for stage in 1..=self.levels.len() - self.domain_levels {
            header.extend(["stratum", "cluster", "fpc"].map(|name| format!("{name}{stage}")));
        }
        header
    }

    /// A unit as fields under [`header`](Self::header); numbers in the shortest form that reads back
    /// as the same number.
    pub fn record(&self, unit: &SelectedUnit) -> Vec<String> {
        let (role, order) = match unit.role {
            Role::Selected => ("selected", String::new()),
            Role::Replacement(order) => ("replacement", order.to_string()),
        };
        let mut record = unit.path.clone();
        record.extend([
            role.to_owned(),
            order,
            unit.probability.to_string(),
            unit.weight.to_string(),
            unit.stratum.clone(),
            unit.psu.clone(),
        ]);
        for stage in &unit.stages {
            let fpc = stage.probability.to_string();
            record.extend([stage.stratum.clone(), stage.cluster.clone(), fpc]);
        }
        record
    }
}
