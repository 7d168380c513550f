//! The blocks' sums, merged in order.

use std::collections::{HashMap, HashSet};

use super::block::{BlockColumns, BlockSums};
use super::moments::Moments;
use super::pairs::PairMoments;
use crate::calibrate::WeightMoments;
use crate::design::{BlockClusters, DesignError, DesignOptions, Structure, StructureBuilder};
use crate::estimate::CellCalibration;
use crate::key::Key;

/// Rows of one cluster, domain and calibration cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Group {
    /// A leaf of the design.
    pub leaf: u32,
    /// A place among the tabulation's domains.
    pub domain: u32,
    /// A calibration cell.
    pub cell: u32,
}

/// The sums of one tabulation: the same rows for a number of variables.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    /// The values of `by` for each domain.
    pub domains: Vec<Vec<Key>>,
    /// The groups, in order of first appearance.
    pub groups: Vec<Group>,
    /// The weights of each group's rows, whatever was answered.
    pub weights: Vec<WeightMoments>,
    /// For each variable, the sums of each group.
    pub variables: Vec<Vec<Moments>>,
    /// For each pair of variables, the sums of each group.
    pub pairs: Vec<Vec<PairMoments>>,
    /// As `variables`, with every weight 1: made where raking needs them.
    pub unweighted_variables: Vec<Vec<Moments>>,
    /// As `pairs`, with every weight 1: made where raking needs them.
    pub unweighted_pairs: Vec<Vec<PairMoments>>,
    /// Rows left out, because a value of `by` is missing.
    pub without_domain: u64,
    /// For each domain, clusters of the first stage less strata, among its rows with a positive
    /// weight, whatever they answered: R's `degf` of a subset.
    pub degrees_of_freedom: Vec<u32>,
    /// Where each domain stands since the domains were sorted; `u32::MAX` for one that went.
    pub(crate) domain_places: Vec<u32>,
    domain_ids: HashMap<Vec<Key>, u32>,
    group_ids: HashMap<Group, u32>,
}

impl Sums {
    fn merge(&mut self, sums: &BlockSums, leaves: &[u32]) -> Vec<u32> {
        self.without_domain += sums.without_domain;
        let domains: Vec<u32> = sums
            .domains
            .iter()
            .map(|keys| self.domain_id(keys))
            .collect();
        let places: Vec<usize> = sums
            .groups
            .iter()
            .map(|local| {
                let group = Group {
                    leaf: leaves[local.leaf as usize],
                    domain: domains[local.domain as usize],
                    cell: local.cell,
                };
                self.group_id(group) as usize
            })
            .collect();
        let merge = |total: &mut WeightMoments, part: &WeightMoments| *total = total.merge(*part);
        add_at(
            &mut self.weights,
            &places,
            &sums.weights,
            WeightMoments::EMPTY,
            merge,
        );
        let BlockColumns { variables, pairs } = &sums.weighted;
        add_all(&mut self.variables, &places, variables, Moments::add);
        add_all(&mut self.pairs, &places, pairs, PairMoments::add);
        let BlockColumns { variables, pairs } = &sums.unweighted;
        add_all(
            &mut self.unweighted_variables,
            &places,
            variables,
            Moments::add,
        );
        add_all(&mut self.unweighted_pairs, &places, pairs, PairMoments::add);
        domains
    }

    fn domain_id(&mut self, keys: &[Key]) -> u32 {
        if let Some(id) = self.domain_ids.get(keys) {
            return *id;
        }
        let id = self.domains.len() as u32;
        self.domains.push(keys.to_vec());
        self.domain_ids.insert(keys.to_vec(), id);
        id
    }

    fn group_id(&mut self, group: Group) -> u32 {
        let next = self.groups.len() as u32;
        let id = *self.group_ids.entry(group).or_insert(next);
        if id == next {
            self.groups.push(group);
        }
        id
    }

    /// Groups come in the order of the design's tree, within a domain and over all; domains in
    /// the order of their values. Groups that no row is in (all were left out) go.
    fn sort(&mut self, structure: &Structure) {
        let mut domains: Vec<u32> = (0..self.domains.len() as u32).collect();
        domains.sort_by(|left, right| {
            self.domains[*left as usize].cmp(&self.domains[*right as usize])
        });
        let met = |domain: u32| !self.domains[domain as usize].contains(&Key::Null);
        domains.retain(|domain| met(*domain));
        let mut new_place = vec![u32::MAX; self.domains.len()];
        for (place, domain) in domains.iter().enumerate() {
            new_place[*domain as usize] = place as u32;
        }
        let mut order: Vec<usize> = (0..self.groups.len())
            .filter(|group| new_place[self.groups[*group].domain as usize] != u32::MAX)
            .collect();
        order.sort_by_key(|group| {
            let group = self.groups[*group];
            let leaf = structure.order[group.leaf as usize];
            (new_place[group.domain as usize], leaf, group.cell)
        });
        self.domains = domains
            .iter()
            .map(|d| self.domains[*d as usize].clone())
            .collect();
        self.groups = order
            .iter()
            .map(|place| {
                let group = self.groups[*place];
                Group {
                    domain: new_place[group.domain as usize],
                    ..group
                }
            })
            .collect();
        self.domain_places = new_place;
        let places = order;
        self.weights = places.iter().map(|place| self.weights[*place]).collect();
        for sums in self
            .variables
            .iter_mut()
            .chain(&mut self.unweighted_variables)
        {
            *sums = places.iter().map(|place| sums[*place]).collect();
        }
        for sums in self.pairs.iter_mut().chain(&mut self.unweighted_pairs) {
            *sums = places.iter().map(|place| sums[*place]).collect();
        }
        self.domain_ids = HashMap::new();
        self.group_ids = HashMap::new();
    }

    /// Multiplies the weights of each group.
    pub(crate) fn scale(&mut self, factor: impl Fn(&Group) -> f64) {
        let factors: Vec<f64> = self.groups.iter().map(factor).collect();
        for (sum, factor) in self.weights.iter_mut().zip(&factors) {
            *sum = sum.scaled(*factor);
        }
        for sums in &mut self.variables {
            for (sum, factor) in sums.iter_mut().zip(&factors) {
                *sum = sum.scaled(*factor);
            }
        }
        for sums in &mut self.pairs {
            for (sum, factor) in sums.iter_mut().zip(&factors) {
                *sum = sum.scaled(*factor);
            }
        }
    }

    fn count_degrees_of_freedom(&mut self, structure: &Structure) {
        let weighty = |place: &usize| self.weights[*place].n > 0;
        let of_domain = |range: std::ops::Range<usize>| {
            let leaves = range.filter(weighty).map(|place| self.groups[place].leaf);
            degrees_of_freedom(structure, leaves)
        };
        self.degrees_of_freedom = self.domain_ranges().into_iter().map(of_domain).collect();
    }

    /// The groups of each domain, as a range of places: groups are sorted by domain.
    #[must_use]
    pub fn domain_ranges(&self) -> Vec<std::ops::Range<usize>> {
        let mut ranges = vec![0..0; self.domains.len()];
        let mut start = 0;
        for (domain, range) in ranges.iter_mut().enumerate() {
            let length = self.groups[start..]
                .iter()
                .take_while(|group| group.domain as usize == domain)
                .count();
            *range = start..start + length;
            start += length;
        }
        ranges
    }
}

fn add_all<T: Default + Clone>(
    totals: &mut Vec<Vec<T>>,
    places: &[usize],
    parts: &[Vec<T>],
    add: impl Fn(&mut T, &T) + Copy,
) {
    totals.resize_with(parts.len().max(totals.len()), Vec::new);
    for (total, part) in totals.iter_mut().zip(parts) {
        add_at(total, places, part, T::default(), add);
    }
}

fn add_at<T: Clone>(
    totals: &mut Vec<T>,
    places: &[usize],
    parts: &[T],
    nothing: T,
    add: impl Fn(&mut T, &T),
) {
    let needed = places.iter().max().map_or(0, |last| last + 1);
    if needed > totals.len() {
        // There are many such lists: they grow by an eighth, not to twice their size.
        if needed > totals.capacity() {
            totals.reserve_exact(needed - totals.len() + needed / 8);
        }
        totals.resize(needed, nothing);
    }
    for (place, part) in places.iter().zip(parts) {
        add(&mut totals[*place], part);
    }
}

/// What a block's own leaves and domains are called among those of all blocks so far.
#[derive(Debug, Clone)]
pub struct MergedIds {
    pub(crate) leaves: Vec<u32>,
    /// For each tabulation.
    pub(crate) domains: Vec<Vec<u32>>,
}

/// Merges blocks, which must come in the order of their rows.
pub struct Reduction {
    structure: StructureBuilder,
    base: Sums,
    tabulations: Vec<Sums>,
    /// Variables and pairs of each tabulation, which a sample without blocks must have too.
    widths: Vec<(usize, usize)>,
}

/// A whole sample: its design and the sums of each tabulation.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Strata and clusters.
    pub structure: Structure,
    /// All rows by (leaf, calibration cell).
    pub base: Sums,
    /// The sums of each tabulation, in the order in which they were given.
    pub tabulations: Vec<Sums>,
    /// How the weights were made to meet known totals, if they were.
    pub(crate) calibration: Option<CellCalibration>,
}

impl Sample {
    /// Clusters of the first stage less its strata, counting those with a positive weight: R's
    /// `degf` of the design.
    #[must_use]
    pub fn degrees_of_freedom(&self) -> u32 {
        let weighty = self.base.groups.iter().zip(&self.base.weights);
        let leaves = weighty
            .filter(|(_, sum)| sum.n > 0)
            .map(|(group, _)| group.leaf);
        degrees_of_freedom(&self.structure, leaves)
    }
}

/// Clusters of the first stage less its strata, of those that hold the leaves given.
pub(crate) fn degrees_of_freedom(structure: &Structure, leaves: impl Iterator<Item = u32>) -> u32 {
    let psus: HashSet<u32> = leaves.map(|leaf| structure.psu[leaf as usize]).collect();
    let strata: HashSet<u32> = psus
        .iter()
        .map(|psu| structure.clusters[0][*psu as usize].stratum)
        .collect();
    (psus.len() - strata.len()) as u32
}

impl Reduction {
    /// Starts with no rows. `tabulations` holds for each tabulation its number of variables and
    /// of pairs.
    #[must_use]
    pub fn new(options: DesignOptions, tabulations: &[(usize, usize)]) -> Self {
        Reduction {
            structure: StructureBuilder::new(options),
            tabulations: vec![Sums::default(); tabulations.len()],
            base: Sums::default(),
            widths: tabulations.to_vec(),
        }
    }

    /// Adds the next block: its sums, and all of its rows (`base`: no `by`, nothing left out).
    ///
    /// # Errors
    /// When the block contradicts the blocks before it.
    pub fn merge(
        &mut self,
        clusters: &BlockClusters,
        base: &BlockSums,
        sums: &[BlockSums],
    ) -> Result<MergedIds, DesignError> {
        let leaves = self.structure.merge(clusters)?;
        self.base.merge(base, &leaves);
        let domains = self
            .tabulations
            .iter_mut()
            .zip(sums)
            .map(|(total, part)| total.merge(part, &leaves))
            .collect();
        Ok(MergedIds { leaves, domains })
    }

    /// The finished sample.
    ///
    /// # Errors
    /// When there is no row, or a stratum has more clusters than its population.
    pub fn finish(self) -> Result<Sample, DesignError> {
        let structure = self.structure.finish()?;
        let mut base = self.base;
        let mut tabulations = self.tabulations;
        for (sums, (variables, pairs)) in tabulations.iter_mut().zip(self.widths) {
            sums.variables.resize_with(variables, Vec::new);
            sums.pairs.resize_with(pairs, Vec::new);
        }
        for sums in tabulations.iter_mut().chain([&mut base]) {
            sums.sort(&structure);
            if structure.weights_implied {
                sums.scale(|group| structure.implied_weight(group.leaf));
            }
            sums.count_degrees_of_freedom(&structure);
        }
        Ok(Sample {
            structure,
            base,
            tabulations,
            calibration: None,
        })
    }
}
