//! The three sample designs, drawn by the library.

use anyhow::Result;
use chiso_survey::select::{
    Count, Frame, Method, Minimum, Plan, Rule, Sample, SeatStage, Stage, Stratum, allocate, draw,
    seats_then_size,
};

use crate::population::{LARGE, PROVINCES, Population};

/// A design: its frame and plan, and how its samples are to be read.
pub struct Design {
    /// What it is called in the table.
    pub name: &'static str,
    frame: Frame,
    plan: Plan,
    /// Whether persons are the first stage, so that its finite-population correction counts.
    pub single_stage: bool,
    /// Whether weights are post-stratified to the provinces' populations.
    pub poststratified: bool,
}

impl Design {
    /// The sample of a seed.
    ///
    /// # Errors
    ///
    /// As [`draw`].
    pub fn draw(&self, seed: u64) -> Result<Sample> {
        Ok(draw(&self.frame, &self.plan, seed)?)
    }
}

/// The designs, in the order of the table.
///
/// # Errors
///
/// If the population makes no frame.
pub fn designs(population: &Population) -> Result<Vec<Design>> {
    Ok(vec![
        stratified(population)?,
        two_stage(population)?,
        multistage(population)?,
    ])
}

/// Persons by simple random sampling within provinces: 1,200, in proportion, at least 30 each.
fn stratified(population: &Population) -> Result<Design> {
    let stratum = |province: usize| Stratum {
        id: format!("{:02}", province + 1),
        units: population.size_of(province),
        ..Stratum::default()
    };
    let strata: Vec<Stratum> = (0..PROVINCES).map(stratum).collect();
    let minimum = Minimum {
        every_stratum: 30,
        ..Minimum::default()
    };
    let shares = allocate(&strata, Rule::Proportional, 1200, &minimum)?.shares;
    let by_domain = shares
        .into_iter()
        .map(|share| (share.stratum, share.take))
        .collect();
    let persons = Stage::new(
        "person",
        Count {
            default: 0,
            by_domain,
        },
        Method::SimpleRandom,
    );
    Ok(Design {
        name: "stratified",
        frame: population.provinces()?,
        plan: Plan {
            domain_levels: vec!["province".to_owned()],
            stages: vec![persons],
        },
        single_stage: true,
        poststratified: false,
    })
}

/// Four villages a province with probability proportional to size (Sampford), 15 persons each.
fn two_stage(population: &Population) -> Result<Design> {
    let stages = vec![
        Stage::new("village", 4, Method::PpsSampford),
        Stage::new("person", 15, Method::SimpleRandom),
    ];
    Ok(Design {
        name: "two stages, PPS",
        frame: population.provinces_and_villages()?,
        plan: Plan {
            domain_levels: vec!["province".to_owned()],
            stages,
        },
        single_stage: false,
        poststratified: false,
    })
}

/// The preset: 3 or 6 districts, 2 communes, 2 villages, 20 persons; seats for certain.
fn multistage(population: &Population) -> Result<Design> {
    let large = (1..=LARGE).map(|province| format!("{province:02}"));
    let stage = |level: &str, take| SeatStage {
        level: level.to_owned(),
        take,
    };
    let stages = vec![
        stage("district", Count::from(3).with(large, 6)),
        stage("commune", Count::from(2)),
        stage("village", Count::from(2)),
    ];
    Ok(Design {
        name: "seats and PPS, four stages",
        frame: population.four_levels()?,
        plan: seats_then_size(
            "province",
            stages,
            stage("person", Count::from(20)),
            Count::from(10),
        ),
        single_stage: false,
        poststratified: true,
    })
}
