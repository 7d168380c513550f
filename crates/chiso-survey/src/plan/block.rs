//! One block of rows, opened by its design, filled item by item, closed and merged.

use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch};
use chiso_expr::BoundExpression;

use super::{ItemKind, Plan, PlanError, TabulationPlan};
use crate::design::{BlockClusters, BlockDesign, DesignColumns};
use crate::sums::{
    BlockColumns, BlockRows, BlockSums, BlockTabulation, CodeTable, Moments, PairMoments,
    Reduction, Rows, Sample, numbers,
};

/// A block whose design is known and whose rows are sorted into groups.
pub struct OpenBlock {
    first_row: u64,
    design: BlockDesign,
    base: BlockTabulation,
    tabulations: Vec<BlockTabulation>,
    margins: Vec<Vec<u32>>,
}

/// The sums of one item in one block.
pub struct ItemSums {
    item: usize,
    weighted: ItemColumns,
    unweighted: Option<ItemColumns>,
    kept: Option<ArrayRef>,
}

enum ItemColumns {
    Variable(Vec<Vec<Moments>>),
    Pair(Vec<Vec<PairMoments>>),
}

/// A closed block: what is kept of its rows.
pub struct Block {
    clusters: BlockClusters,
    base: BlockSums,
    sums: Vec<BlockSums>,
    rows: Option<BlockRows>,
}

impl Block {
    /// Rows of the block.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.clusters.rows
    }
}

/// The blocks of a table so far, in their order.
pub struct Pass {
    reduction: Reduction,
    rows: Option<Rows>,
}

impl Plan {
    /// Opens a block: `head` holds the columns of [`Plan::head_columns`], `first_row` is the
    /// number of rows before it.
    ///
    /// # Errors
    /// When the design contradicts itself or an expression fails.
    pub fn open(&self, first_row: u64, head: &RecordBatch) -> Result<OpenBlock, PlanError> {
        let design = self.read_design(first_row, head)?;
        let rows = head.num_rows();
        let margins = self.read_margins(first_row, head)?;
        let crossed = self
            .cells
            .as_ref()
            .map(|coder| coder.crossed(&margins, rows));
        let cells = crossed.as_deref().filter(|_| !self.needs.all_variables);
        let answers = self.missing.apply(head)?;
        let tabulations = self
            .tabulations
            .iter()
            .map(|plan| tabulate(plan, first_row, &answers, &design, cells))
            .collect::<Result<_, _>>()?;
        let base =
            BlockTabulation::new(&design, &[], None, cells).map_err(|reason| PlanError::Key {
                expression: String::new(),
                reason,
            })?;
        Ok(OpenBlock {
            first_row,
            design,
            base,
            tabulations,
            margins,
        })
    }

    fn read_design(&self, first_row: u64, head: &RecordBatch) -> Result<BlockDesign, PlanError> {
        let all = |expressions: &[BoundExpression]| {
            expressions
                .iter()
                .map(|expression| evaluate(expression, first_row, head))
                .collect::<Result<Vec<ArrayRef>, PlanError>>()
        };
        let design = &self.design;
        let (strata, clusters) = (all(&design.strata)?, all(&design.clusters)?);
        let (fpc, probabilities) = (all(&design.fpc)?, all(&design.probabilities)?);
        let weights = design
            .weights
            .as_ref()
            .map(|expression| evaluate(expression, first_row, head))
            .transpose()?;
        fn borrow(arrays: &[ArrayRef]) -> Vec<&dyn Array> {
            arrays.iter().map(|array| &**array).collect()
        }
        let columns = DesignColumns {
            rows: head.num_rows(),
            first_row,
            strata: borrow(&strata),
            clusters: borrow(&clusters),
            fpc: borrow(&fpc),
            weights: weights.as_deref(),
            probabilities: borrow(&probabilities),
        };
        Ok(BlockDesign::read(&columns, self.options)?)
    }

    fn read_margins(&self, first_row: u64, head: &RecordBatch) -> Result<Vec<Vec<u32>>, PlanError> {
        let Some(coder) = &self.cells else {
            return Ok(Vec::new());
        };
        let columns: Vec<&dyn Array> = self
            .design
            .margins
            .iter()
            .map(|place| &**head.column(*place))
            .collect();
        coder.margins(
            &self.design.margin_widths,
            &columns,
            first_row,
            head.num_rows(),
        )
    }

    /// Sums one item over a block: `batch` holds the columns of [`Plan::item_columns`].
    ///
    /// # Errors
    /// When an expression fails or has no finite numbers.
    pub fn reduce(
        &self,
        block: &OpenBlock,
        item: usize,
        batch: &RecordBatch,
    ) -> Result<ItemSums, PlanError> {
        let answers = self.missing.apply(batch)?;
        let design = &block.design;
        match &self.items[item].kind {
            ItemKind::Variable {
                expression,
                uses,
                keep,
            } => {
                let values = evaluate(expression, block.first_row, &answers)?;
                let fault = column_error(expression, block.first_row);
                let sum = |of: &dyn Fn(&BlockTabulation) -> Result<Vec<Moments>, _>| {
                    uses.iter()
                        .map(|(place, _)| of(&block.tabulations[*place]).map_err(&fault))
                        .collect::<Result<Vec<_>, PlanError>>()
                };
                let weighted = sum(&|tab| tab.moments(design, &values))?;
                let unweighted = self
                    .unweighted
                    .then(|| sum(&|tab| tab.unweighted_moments(design, &values)))
                    .transpose()?;
                Ok(ItemSums {
                    item,
                    weighted: ItemColumns::Variable(weighted),
                    unweighted: unweighted.map(ItemColumns::Variable),
                    kept: keep.map(|_| values),
                })
            }
            ItemKind::Pair {
                numerator,
                denominator,
                uses,
            } => {
                let y = evaluate(numerator, block.first_row, &answers)?;
                let x = evaluate(denominator, block.first_row, &answers)?;
                let fault = column_error(numerator, block.first_row);
                let sum = |of: &dyn Fn(&BlockTabulation) -> Result<Vec<PairMoments>, _>| {
                    uses.iter()
                        .map(|(place, _)| of(&block.tabulations[*place]).map_err(&fault))
                        .collect::<Result<Vec<_>, PlanError>>()
                };
                let weighted = sum(&|tab| tab.pair_moments(design, &y, &x))?;
                let unweighted = self
                    .unweighted
                    .then(|| sum(&|tab| tab.unweighted_pair_moments(design, &y, &x)))
                    .transpose()?;
                Ok(ItemSums {
                    item,
                    weighted: ItemColumns::Pair(weighted),
                    unweighted: unweighted.map(ItemColumns::Pair),
                    kept: None,
                })
            }
        }
    }

    /// The one column of an item that can be summed from codes ([`Plan::reduce_codes`]).
    #[must_use]
    pub fn coded_column(&self, item: usize) -> Option<usize> {
        match (&self.items[item].kind, &self.items[item].columns[..]) {
            (ItemKind::Variable { keep: None, .. }, [column]) if !self.needs.rows => Some(*column),
            _ => None,
        }
    }

    /// Sums an item over a block from a code for each row: `values` holds what each code of its
    /// column stands for, as a batch of that column. An expression is then computed once a value,
    /// not once a row.
    ///
    /// # Errors
    /// When the expression fails on a value that some row may have.
    pub fn reduce_codes(
        &self,
        block: &OpenBlock,
        item: usize,
        codes: &[u8],
        values: &RecordBatch,
    ) -> Result<ItemSums, PlanError> {
        let ItemKind::Variable {
            expression, uses, ..
        } = &self.items[item].kind
        else {
            return Err(PlanError::NotCoded);
        };
        let answers = self.missing.apply(values)?;
        let fault = column_error(expression, block.first_row);
        let found = numbers(&evaluate(expression, block.first_row, &answers)?).map_err(&fault)?;
        let found: Vec<Option<f64>> = found.iter().collect();
        let table = CodeTable::new(&found).map_err(&fault)?;
        let sum = |unweighted: bool| {
            uses.iter()
                .map(|(place, _)| {
                    block.tabulations[*place]
                        .moments_of_codes(&block.design, codes, &table, unweighted)
                        .map_err(&fault)
                })
                .collect::<Result<Vec<_>, PlanError>>()
                .map(ItemColumns::Variable)
        };
        Ok(ItemSums {
            item,
            weighted: sum(false)?,
            unweighted: self.unweighted.then(|| sum(true)).transpose()?,
            kept: None,
        })
    }

    /// Closes a block with the sums of all of its items.
    ///
    /// # Errors
    /// When a kept column has no finite numbers.
    pub fn close(&self, block: OpenBlock, items: Vec<ItemSums>) -> Result<Block, PlanError> {
        let rows = self
            .needs
            .rows
            .then(|| self.keep_rows(&block, &items))
            .transpose()?;
        let mut weighted = self.empty_columns();
        let mut unweighted = self.empty_columns();
        for sums in items {
            let kind = &self.items[sums.item].kind;
            place_sums(&mut weighted, kind, sums.weighted);
            if let Some(sums) = sums.unweighted {
                place_sums(&mut unweighted, kind, sums);
            }
        }
        if !self.unweighted {
            unweighted
                .iter_mut()
                .for_each(|columns| *columns = BlockColumns::default());
        }
        let OpenBlock {
            design,
            base,
            tabulations,
            ..
        } = block;
        let sums = tabulations
            .iter()
            .zip(weighted.into_iter().zip(unweighted))
            .map(|(tabulation, (weighted, unweighted))| {
                tabulation.sums(&design, weighted, unweighted)
            })
            .collect();
        let base = base.sums(&design, BlockColumns::default(), BlockColumns::default());
        Ok(Block {
            clusters: design.clusters,
            base,
            sums,
            rows,
        })
    }

    fn empty_columns(&self) -> Vec<BlockColumns> {
        self.tabulations
            .iter()
            .map(|plan| BlockColumns {
                variables: vec![Vec::new(); plan.variables],
                pairs: vec![Vec::new(); plan.pairs],
            })
            .collect()
    }

    fn keep_rows(&self, block: &OpenBlock, items: &[ItemSums]) -> Result<BlockRows, PlanError> {
        let rows = block.design.rows();
        let missing: ArrayRef = std::sync::Arc::new(arrow_array::Float64Array::new_null(rows));
        let mut columns: Vec<ArrayRef> = vec![missing; self.kept];
        for sums in items {
            if let (
                ItemKind::Variable {
                    expression,
                    keep: Some(place),
                    ..
                },
                Some(values),
            ) = (&self.items[sums.item].kind, &sums.kept)
            {
                let fault = column_error(expression, block.first_row);
                columns[*place] = std::sync::Arc::new(numbers(values).map_err(fault)?);
            }
        }
        for (place, codes) in self.margin_columns.iter().zip(&block.margins) {
            let codes = codes.iter().map(|code| f64::from(*code));
            columns[*place] =
                std::sync::Arc::new(arrow_array::Float64Array::from_iter_values(codes));
        }
        let tabulations: Vec<&BlockTabulation> = block.tabulations.iter().collect();
        let columns: Vec<&dyn Array> = columns.iter().map(|column| &**column).collect();
        BlockRows::new(&block.design, &tabulations, &columns).map_err(|reason| PlanError::Column {
            expression: String::new(),
            row: block.first_row + 1,
            reason,
        })
    }

    /// Starts a pass over a table.
    #[must_use]
    pub fn pass(&self) -> Pass {
        let widths: Vec<(usize, usize)> = self
            .tabulations
            .iter()
            .map(|plan| (plan.variables, plan.pairs))
            .collect();
        Pass {
            reduction: Reduction::new(self.options, &widths),
            rows: self.needs.rows.then(Rows::default),
        }
    }
}

impl Pass {
    /// Adds the next block.
    ///
    /// # Errors
    /// When it contradicts the blocks before it.
    pub fn merge(&mut self, block: &Block) -> Result<(), PlanError> {
        let ids = self
            .reduction
            .merge(&block.clusters, &block.base, &block.sums)?;
        if let (Some(rows), Some(part)) = (&mut self.rows, &block.rows) {
            rows.merge(part, &ids);
        }
        Ok(())
    }

    /// The finished sample, and its rows where they were kept.
    ///
    /// # Errors
    /// When there is no row, or a stratum has more clusters than its population.
    pub fn finish(self) -> Result<(Sample, Option<Rows>), PlanError> {
        let sample = self.reduction.finish()?;
        let mut rows = self.rows;
        if let Some(rows) = &mut rows {
            rows.finish(&sample, sample.structure.weights_implied);
        }
        Ok((sample, rows))
    }
}

fn place_sums(columns: &mut [BlockColumns], kind: &ItemKind, sums: ItemColumns) {
    match (kind, sums) {
        (ItemKind::Variable { uses, .. }, ItemColumns::Variable(sums)) => {
            for ((tabulation, slot), sums) in uses.iter().zip(sums) {
                columns[*tabulation].variables[*slot] = sums;
            }
        }
        (ItemKind::Pair { uses, .. }, ItemColumns::Pair(sums)) => {
            for ((tabulation, slot), sums) in uses.iter().zip(sums) {
                columns[*tabulation].pairs[*slot] = sums;
            }
        }
        // An item's sums are of the item's own kind.
        (ItemKind::Variable { .. }, ItemColumns::Pair(_))
        | (ItemKind::Pair { .. }, ItemColumns::Variable(_)) => {}
    }
}

fn evaluate(
    expression: &BoundExpression,
    first_row: u64,
    batch: &RecordBatch,
) -> Result<ArrayRef, PlanError> {
    expression
        .evaluate(batch)
        .map_err(|reason| PlanError::Evaluate {
            expression: expression.text().to_owned(),
            first_row: first_row + 1,
            reason,
        })
}

fn column_error(
    expression: &BoundExpression,
    first_row: u64,
) -> impl Fn(crate::sums::ColumnError) -> PlanError {
    let expression = expression.text().to_owned();
    move |reason| {
        let within = match reason {
            crate::sums::ColumnError::NotFinite { row, .. } => row as u64,
            _ => 0,
        };
        PlanError::Column {
            expression: expression.clone(),
            row: first_row + within + 1,
            reason,
        }
    }
}

fn tabulate(
    plan: &TabulationPlan,
    first_row: u64,
    answers: &RecordBatch,
    design: &BlockDesign,
    cells: Option<&[u32]>,
) -> Result<BlockTabulation, PlanError> {
    let by = plan
        .by
        .iter()
        .map(|expression| evaluate(expression, first_row, answers))
        .collect::<Result<Vec<_>, _>>()?;
    let keep: Option<BooleanArray> = plan
        .filter
        .as_ref()
        .map(|filter| {
            filter
                .evaluate_bool(answers)
                .map_err(|reason| PlanError::Evaluate {
                    expression: filter.text().to_owned(),
                    first_row: first_row + 1,
                    reason,
                })
        })
        .transpose()?;
    let columns: Vec<&dyn Array> = by.iter().map(|array| &**array).collect();
    BlockTabulation::new(design, &columns, keep.as_ref(), cells).map_err(|reason| {
        let expression = plan
            .by
            .iter()
            .map(BoundExpression::text)
            .collect::<Vec<_>>()
            .join(", ");
        PlanError::Key { expression, reason }
    })
}
