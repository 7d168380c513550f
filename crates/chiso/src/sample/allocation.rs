//! The first stage's total, divided among the domains.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use chiso_survey::select::{self, Frame, FrameReport, Plan, Share, Stratum};

use super::columns::Columns;
use super::plan::Wanted;

/// Longer lists are refused when they are drawn from; sums of such numbers stay whole numbers.
const LONGEST_LIST: f64 = 1e9;

/// A divided total.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocated {
    /// The level whose units were divided.
    pub level: String,
    /// How many they are.
    pub take: usize,
    /// Each domain's part.
    pub shares: Vec<Share>,
}

/// Divides the total and writes each domain's part into the plan's first stage. `folder` is the
/// plan's.
///
/// # Errors
/// What is wrong with the measures, or does not divide.
pub fn allocate(
    wanted: &Wanted,
    frame: &Frame,
    plan: &mut Plan,
    folder: &Path,
) -> Result<Allocated> {
    let report = FrameReport::new(frame, plan)?;
    let measures = wanted
        .measures
        .as_ref()
        .map(|name| Measures::read(&folder.join(name), &plan.domain_levels))
        .transpose()?;
    let mut strata = Vec::new();
    for domain in &report.domains {
        // A single stage that is listed in the field draws from as many units as the size says.
        let units = match domain.units.first() {
            Some(units) => *units,
            None => domain.size.unwrap_or(0.0).min(LONGEST_LIST) as usize,
        };
        let mut stratum = Stratum {
            id: domain.domain.clone(),
            domain: domain
                .domain
                .split_once('/')
                .map(|(above, _)| above.to_owned()),
            units,
            ..Stratum::default()
        };
        if let Some(measures) = &measures {
            measures.fill(&mut stratum)?;
        }
        strata.push(stratum);
    }
    let allocation = select::allocate(&strata, wanted.rule, wanted.take, &wanted.minimum)
        .context("[allocation]")?;
    let stage = &mut plan.stages[0];
    stage.take.by_domain = allocation
        .shares
        .iter()
        .map(|share| (share.stratum.clone(), share.take))
        .collect();
    Ok(Allocated {
        level: stage.level.clone(),
        take: wanted.take,
        shares: allocation.shares,
    })
}

/// Deviation, mean and size of each domain, where the file has such a column.
struct Measures {
    shown: String,
    by_domain: BTreeMap<String, [Option<f64>; 3]>,
}

impl Measures {
    fn read(path: &Path, domain_levels: &[String]) -> Result<Measures> {
        let columns = Columns::open(path, None)?;
        let shown = path.display().to_string();
        let ids = domain_levels
            .iter()
            .map(|level| columns.keys(level))
            .collect::<Result<Vec<_>>>()?;
        let mut values = Vec::new();
        for name in ["deviation", "mean", "size"] {
            let known = columns.table.column(name).is_some();
            values.push(if known {
                Some(columns.numbers(name)?)
            } else {
                None
            });
        }
        let mut by_domain = BTreeMap::new();
        for row in 0..ids.first().map_or(0, Vec::len) {
            let path: Vec<String> = ids.iter().map(|ids| ids[row].to_string()).collect();
            let of = |column: usize| values[column].as_ref().and_then(|all| all[row]);
            let domain = path.join("/");
            if by_domain
                .insert(domain.clone(), [of(0), of(1), of(2)])
                .is_some()
            {
                bail!(
                    "{shown}, row {}: found {domain} again; expected each domain once",
                    row + 1
                );
            }
        }
        Ok(Measures { shown, by_domain })
    }

    fn fill(&self, stratum: &mut Stratum) -> Result<()> {
        let Some([deviation, mean, size]) = self.by_domain.get(&stratum.id) else {
            bail!(
                "{}: found no row of {}; expected one for each domain",
                self.shown,
                stratum.id
            );
        };
        (stratum.deviation, stratum.mean, stratum.size) = (*deviation, *mean, *size);
        Ok(())
    }
}
