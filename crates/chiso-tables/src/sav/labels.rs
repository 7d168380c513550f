//! Brings value labels and missing values to the variables that they are for.

use std::collections::HashMap;

use super::dictionary::{Dictionary, Record};
use super::{Kind, Variable};
use crate::LabelledValue;
use crate::text::{TextEncoding, without_padding};

/// Fills in the labels of all variables. What refers to a variable that is not there is passed
/// over, as SPSS does.
pub(super) fn attach(dictionary: &Dictionary, encoding: TextEncoding, variables: &mut [Variable]) {
    let records: HashMap<usize, &Record> = dictionary
        .records
        .iter()
        .map(|record| (record.element, record))
        .collect();
    let text = |bytes: &[u8]| LabelledValue::Text(encoding.read_label(without_padding(bytes)));
    let value = |is_number: bool, bytes: &[u8; 8]| match is_number {
        true => LabelledValue::Number(dictionary.number(*bytes)),
        false => text(bytes),
    };
    for variable in variables.iter_mut() {
        let is_number = matches!(variable.kind, Kind::Number { .. });
        let Some(record) = first_element(variable).and_then(|element| records.get(&element)) else {
            continue;
        };
        let missing = &record.missing;
        let labels = &mut variable.labels;
        labels.missing_values = missing.values.iter().map(|v| value(is_number, v)).collect();
        labels.missing_range = missing
            .range
            .filter(|_| is_number)
            .map(|[low, high]| (dictionary.number(low), dictionary.number(high)));
    }
    let by_element: HashMap<u64, usize> = variables
        .iter()
        .enumerate()
        .filter_map(|(index, variable)| Some((first_element(variable)? as u64 + 1, index)))
        .collect();
    for set in &dictionary.label_sets {
        for element in &set.elements {
            let Some(&index) = by_element.get(element) else {
                continue;
            };
            let variable = &mut variables[index];
            let is_number = matches!(variable.kind, Kind::Number { .. });
            variable.labels.values = set
                .values
                .iter()
                .map(|(v, label)| (value(is_number, v), label_text(encoding, label)))
                .collect();
        }
    }
    let extensions = &dictionary.extensions;
    let find = |variables: &[Variable], name: &[u8]| {
        let name = encoding.read_label(without_padding(name));
        variables.iter().position(|variable| variable.name == name)
    };
    for long in &extensions.long_labels {
        if let Some(index) = find(variables, &long.variable) {
            let pairs = long.values.iter();
            variables[index].labels.values = pairs
                .map(|(v, label)| (text(v), label_text(encoding, label)))
                .collect();
        }
    }
    for (name, values) in &extensions.long_missing {
        if let Some(index) = find(variables, name) {
            variables[index].labels.missing_values = values.iter().map(|v| text(v)).collect();
        }
    }
}

fn label_text(encoding: TextEncoding, label: &[u8]) -> String {
    encoding.read_label(without_padding(label))
}

fn first_element(variable: &Variable) -> Option<usize> {
    match &variable.kind {
        Kind::Number { element } => Some(*element),
        Kind::Text { segments, .. } => segments.first().map(|segment| segment.element),
    }
}
