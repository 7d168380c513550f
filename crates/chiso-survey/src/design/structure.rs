//! The tree of strata and clusters that all blocks together show.

use std::collections::HashMap;

use super::{BlockClusters, DesignError, DesignOptions};
use crate::key::Key;

/// No cluster above: the first stage.
const TOP: u32 = u32::MAX;

/// A stratum of one stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratum {
    /// Its value; [`Key::Null`] where the stage is not stratified.
    pub key: Key,
    /// The cluster of the stage above, in which it lies; none at the first stage.
    pub parent: Option<u32>,
    /// Clusters sampled from it.
    pub sampled: u32,
    /// Σ (1 − n/N) over its sampled clusters, where they state different populations (unequal
    /// probabilities); none where all state the same.
    pub(crate) complements: Option<f64>,
}

/// A sampled cluster of one stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Its id.
    pub key: Key,
    /// Its stratum's place among the strata of the stage.
    pub stratum: u32,
    /// Clusters in its stratum's population; infinite where drawn with replacement. Under
    /// unequal probabilities (Brewer) it may differ between clusters: sampled ÷ probability.
    pub population: f64,
}

/// The whole design: strata and clusters of every stage that the variance needs.
#[derive(Debug, Clone)]
pub struct Structure {
    pub(crate) options: DesignOptions,
    /// Strata of each stage.
    pub strata: Vec<Vec<Stratum>>,
    /// Clusters of each stage. Those of the last stage are the leaves: sums are kept for them.
    pub clusters: Vec<Vec<Cluster>>,
    /// Whether finite populations were given.
    pub has_fpc: bool,
    /// Rows of the sample.
    pub rows: u64,
    /// Rows with a weight of zero.
    pub zero_weights: u64,
    /// No weights, probabilities or populations were given, so every row weighs 1.
    pub weights_assumed: bool,
    /// Weights are those that the populations imply: Π N/n.
    pub weights_implied: bool,
    /// Each leaf's place in the order of the tree.
    pub(crate) order: Vec<u32>,
    /// Each leaf's cluster of the first stage.
    pub(crate) psu: Vec<u32>,
}

impl Structure {
    /// Stages that the variance needs.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.clusters.len()
    }

    /// Leaves: clusters of the last stage.
    #[must_use]
    pub fn leaves(&self) -> usize {
        self.clusters.last().map_or(0, Vec::len)
    }

    /// The cluster of a leaf at a stage (from 0).
    #[must_use]
    pub fn cluster_of(&self, leaf: u32, stage: usize) -> u32 {
        let mut cluster = leaf;
        for below in (stage + 1..self.depth()).rev() {
            let stratum = self.clusters[below][cluster as usize].stratum;
            // Every stratum below the first stage lies in a cluster.
            cluster = self.strata[below][stratum as usize].parent.unwrap_or(TOP);
        }
        cluster
    }

    /// Strata of the first stage with a single sampled cluster.
    pub fn lonely_strata(&self) -> impl Iterator<Item = &Stratum> {
        self.strata[0].iter().filter(|stratum| stratum.sampled == 1)
    }

    /// The weight that the populations imply for a leaf's rows: Π N/n over the stages.
    pub(crate) fn implied_weight(&self, leaf: u32) -> f64 {
        (0..self.depth())
            .map(|stage| {
                let cluster = &self.clusters[stage][self.cluster_of(leaf, stage) as usize];
                let sampled = self.strata[stage][cluster.stratum as usize].sampled;
                cluster.population / f64::from(sampled)
            })
            .product()
    }
}

#[derive(Debug, Default)]
struct StageBuilder {
    strata: Vec<Stratum>,
    clusters: Vec<Cluster>,
    stratum_ids: HashMap<(u32, Key), u32>,
    cluster_ids: HashMap<(u32, Key), u32>,
}

impl StageBuilder {
    fn stratum(&mut self, parent: u32, key: &Key) -> u32 {
        if let Some(id) = self.stratum_ids.get(&(parent, key.clone())) {
            return *id;
        }
        let id = self.strata.len() as u32;
        let above = (parent != TOP).then_some(parent);
        self.strata.push(Stratum {
            key: key.clone(),
            parent: above,
            sampled: 0,
            complements: None,
        });
        self.stratum_ids.insert((parent, key.clone()), id);
        id
    }
}

/// Collects the blocks' clusters in the order in which blocks are merged.
#[derive(Debug)]
pub(crate) struct StructureBuilder {
    options: DesignOptions,
    stages: Vec<StageBuilder>,
    /// Where each id of the first stage was seen, to find one in two strata.
    first_strata: HashMap<Key, u32>,
    has_fpc: bool,
    rows: u64,
    zero_weights: u64,
    weights_from_fpc: bool,
    weights_assumed: bool,
}

impl StructureBuilder {
    pub fn new(options: DesignOptions) -> Self {
        StructureBuilder {
            options,
            stages: Vec::new(),
            first_strata: HashMap::new(),
            has_fpc: false,
            rows: 0,
            zero_weights: 0,
            weights_from_fpc: false,
            weights_assumed: false,
        }
    }

    /// Takes in a block and returns the leaf of each of the block's own leaves.
    pub fn merge(&mut self, block: &BlockClusters) -> Result<Vec<u32>, DesignError> {
        self.rows += block.rows;
        self.zero_weights += block.zero_weights;
        self.has_fpc = block.has_fpc;
        self.weights_from_fpc = block.weights_from_fpc;
        self.weights_assumed = block.weights_assumed;
        self.stages
            .resize_with(block.stages.len().max(self.stages.len()), Default::default);
        let mut above = vec![TOP; 1];
        for (stage, local) in block.stages.iter().enumerate() {
            let mut ids = Vec::with_capacity(local.len());
            for cluster in local {
                ids.push(self.cluster(stage, above[cluster.parent as usize], cluster)?);
            }
            above = ids;
        }
        Ok(above)
    }

    fn cluster(
        &mut self,
        stage: usize,
        parent: u32,
        local: &super::block::LocalCluster,
    ) -> Result<u32, DesignError> {
        let stratum = self.stages[stage].stratum(parent, &local.stratum);
        if stage == 0 && !self.options.nest {
            let first = *self
                .first_strata
                .entry(local.key.clone())
                .or_insert(stratum);
            if first != stratum {
                return Err(DesignError::ClusterInTwoStrata {
                    cluster: local.key.clone(),
                    first: self.stages[0].strata[first as usize].key.clone(),
                    second: local.stratum.clone(),
                });
            }
        }
        let builder = &mut self.stages[stage];
        let population = local.fpc.unwrap_or(f64::INFINITY);
        if let Some(id) = builder.cluster_ids.get(&(stratum, local.key.clone())) {
            let first = builder.clusters[*id as usize].population;
            if first != population {
                return Err(DesignError::FpcVaries {
                    row: local.first_row + 1,
                    stage: stage + 1,
                    cluster: local.key.clone(),
                    first,
                    found: population,
                });
            }
            return Ok(*id);
        }
        let id = builder.clusters.len() as u32;
        builder.clusters.push(Cluster {
            key: local.key.clone(),
            stratum,
            population,
        });
        builder.cluster_ids.insert((stratum, local.key.clone()), id);
        builder.strata[stratum as usize].sampled += 1;
        Ok(id)
    }

    /// The finished tree, its populations checked.
    pub fn finish(self) -> Result<Structure, DesignError> {
        if self.rows == 0 {
            return Err(DesignError::Empty);
        }
        let (strata, clusters): (Vec<_>, Vec<_>) = self
            .stages
            .into_iter()
            .map(|stage| (stage.strata, stage.clusters))
            .unzip();
        let mut structure = Structure {
            options: self.options,
            strata,
            clusters,
            has_fpc: self.has_fpc,
            rows: self.rows,
            zero_weights: self.zero_weights,
            weights_assumed: self.weights_assumed,
            weights_implied: self.weights_from_fpc,
            order: Vec::new(),
            psu: Vec::new(),
        };
        if structure.clusters[0].len() == 1 && structure.depth() == 1 {
            return Err(DesignError::OneCluster);
        }
        if structure.has_fpc {
            set_populations(&mut structure)?;
            if self.weights_from_fpc {
                check_weights_follow(&structure)?;
            }
            set_complements(&mut structure);
        }
        structure.psu = (0..structure.leaves() as u32)
            .map(|leaf| structure.cluster_of(leaf, 0))
            .collect();
        structure.order = tree_order(&structure);
        Ok(structure)
    }
}

/// Turns fractions into counts and checks that no stratum was sampled beyond its size.
fn set_populations(structure: &mut Structure) -> Result<(), DesignError> {
    let all = || {
        structure
            .clusters
            .iter()
            .flatten()
            .map(|cluster| cluster.population)
    };
    let largest = all().fold(0.0, f64::max);
    let smallest = all().fold(f64::INFINITY, f64::min);
    if largest > 1.0 && smallest < 1.0 {
        return Err(DesignError::FpcMixed {
            fraction: smallest,
            count: largest,
        });
    }
    let fractions = largest <= 1.0;
    for (stage, (clusters, strata)) in structure
        .clusters
        .iter_mut()
        .zip(&structure.strata)
        .enumerate()
    {
        for cluster in clusters {
            let stratum = &strata[cluster.stratum as usize];
            if fractions {
                // A fraction of 0 is an infinite population.
                cluster.population = f64::from(stratum.sampled) / cluster.population;
            }
            if cluster.population < f64::from(stratum.sampled) {
                return Err(DesignError::FpcTooSmall {
                    stratum: stratum.key.clone(),
                    stage: stage + 1,
                    population: cluster.population,
                    sampled: stratum.sampled,
                });
            }
        }
    }
    Ok(())
}

/// A population without end gives no weight.
fn check_weights_follow(structure: &Structure) -> Result<(), DesignError> {
    let mut clusters = structure.clusters.iter().flatten();
    match clusters.find(|cluster| cluster.population.is_infinite()) {
        Some(cluster) => Err(DesignError::Shape(format!(
            "fpc of cluster {} is a fraction of 0 and there are no weights; expected weights, or a fraction above 0, from which they follow",
            cluster.key
        ))),
        None => Ok(()),
    }
}

/// Notes the strata whose clusters state different populations.
fn set_complements(structure: &mut Structure) {
    for (clusters, strata) in structure.clusters.iter().zip(&mut structure.strata) {
        let mut seen: Vec<Option<f64>> = vec![None; strata.len()];
        let mut varies = vec![false; strata.len()];
        let mut sums = vec![0.0; strata.len()];
        for cluster in clusters {
            let place = cluster.stratum as usize;
            let sampled = f64::from(strata[place].sampled);
            sums[place] += complement(cluster.population, sampled);
            varies[place] |= *seen[place].get_or_insert(cluster.population) != cluster.population;
        }
        for (place, stratum) in strata.iter_mut().enumerate() {
            stratum.complements = varies[place].then(|| sums[place]);
        }
    }
}

/// 1 − n/N.
pub(crate) fn complement(population: f64, sampled: f64) -> f64 {
    if population.is_infinite() {
        1.0
    } else {
        (population - sampled) / population
    }
}

/// Leaves sorted by the values on their path, so that the order of rows leaves no trace.
fn tree_order(structure: &Structure) -> Vec<u32> {
    // Each stage's clusters are ranked by (rank of the cluster above, stratum, id).
    let mut ranks: Vec<u32> = Vec::new();
    for (clusters, strata) in structure.clusters.iter().zip(&structure.strata) {
        let mut places: Vec<u32> = (0..clusters.len() as u32).collect();
        let sort_key = |place: &u32| {
            let cluster = &clusters[*place as usize];
            let stratum = &strata[cluster.stratum as usize];
            let above = stratum.parent.map_or(0, |parent| ranks[parent as usize]);
            (above, stratum.key.clone(), cluster.key.clone())
        };
        places.sort_by_cached_key(sort_key);
        let mut next = vec![0; clusters.len()];
        for (rank, place) in places.iter().enumerate() {
            next[*place as usize] = rank as u32;
        }
        ranks = next;
    }
    ranks
}
