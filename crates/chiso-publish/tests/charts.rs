//! What holds for every chart, whatever it is given.

use std::collections::BTreeSet;

use chiso_publish::chart::*;
use chiso_publish::*;
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Numbers, names and addresses that a chart may be given.
#[derive(Debug, Clone)]
struct Given {
    names: Vec<String>,
    values: Vec<Option<f64>>,
    href: Option<String>,
    lang: Lang,
}

impl Given {
    fn name(&self, index: usize) -> String {
        self.names
            .get(index % self.names.len().max(1))
            .cloned()
            .unwrap_or_default()
    }

    /// Errors of any kind: bounds the wrong way round or not finite, ranks beyond the field.
    fn uncertainty(&self, index: usize) -> Option<Uncertainty> {
        let bounds = self.value(index + 1).zip(self.value(index + 2))?;
        Some(Uncertainty {
            standard_error: bounds.0,
            interval: bounds,
            rank_set: self
                .value(index + 3)
                .map(|v| (v.abs() as u32 % 9, index as u32)),
            group_probability: self.value(index + 4),
            confidence: 0.95,
        })
    }

    fn value(&self, index: usize) -> Option<f64> {
        self.values
            .get(index % self.values.len().max(1))
            .copied()
            .flatten()
    }

    fn heading(&self) -> Heading {
        Heading {
            id: self.name(0),
            lang: self.lang,
            title: self.name(1),
            subtitle: Some(self.name(2)),
            source: Source {
                text: self.name(3),
                href: self.href.clone(),
            },
        }
    }

    fn bands(&self) -> Vec<GroupBand> {
        (0..self.names.len().min(8))
            .map(|i| GroupBand {
                name: self.name(i),
                low: self.value(i),
                high: self.value(i + 1),
                count: i,
            })
            .collect()
    }

    fn figures(&self, rows: usize) -> Vec<Figure> {
        let mut figures = self.unit_figures(rows);
        figures.extend(self.node_figures(rows));
        figures.extend(self.edition_figures(rows));
        figures
    }

    fn unit_figures(&self, rows: usize) -> Vec<Figure> {
        let score_name = self.name(4);
        let map = choropleth(&Choropleth {
            heading: self.heading(),
            geometry: &geometry(rows, self.value(0).unwrap_or(100.0)),
            units: (0..rows)
                .map(|i| ChoroplethUnit {
                    code: i.to_string(),
                    name: self.name(i),
                    score: self.value(i),
                    group: self.value(i).map(|v| v.abs() as usize % 9),
                    href: self.href.clone(),
                })
                .collect(),
            groups: self.bands(),
            score_name: score_name.clone(),
            decimals: 2,
            highlight: Some("1".into()),
        });
        let list = ranking(&Ranking {
            heading: self.heading(),
            units: (0..rows)
                .map(|i| RankedUnit {
                    code: i.to_string(),
                    name: self.name(i),
                    score: self.value(i),
                    uncertainty: self.uncertainty(i),
                    rank: self.value(i).map(|_| i as u32),
                    group: self.value(i).map(|v| v.abs() as usize % 9),
                    href: self.href.clone(),
                })
                .collect(),
            groups: self.bands(),
            score_name,
            decimals: 2,
            highlight: Some("1".into()),
        });
        vec![map, list]
    }

    fn node_figures(&self, rows: usize) -> Vec<Figure> {
        let changes = contributions(&Contributions {
            heading: self.heading(),
            nodes: (0..rows)
                .map(|i| Contribution {
                    code: i.to_string(),
                    name: self.name(i),
                    depth: i % 7,
                    change: self.value(i),
                    is_comparable: i % 3 > 0,
                })
                .collect(),
            total: self.value(3),
            total_name: self.name(1),
            decimals: 2,
        });
        let lost = losses(&Losses {
            heading: self.heading(),
            nodes: (0..rows)
                .map(|i| Loss {
                    code: i.to_string(),
                    name: self.name(i),
                    depth: i % 7,
                    to_maximum: self.value(i),
                    to_best: self.value(i + 1),
                    best_unit: Some(self.name(i)),
                })
                .collect(),
            decimals: 2,
        });
        let profile = profile_dots(&ProfileDots {
            heading: self.heading(),
            unit: self.name(0),
            previous_name: Some(self.name(1)),
            rows: (0..rows)
                .map(|i| ProfileRow {
                    code: i.to_string(),
                    name: self.name(i),
                    min: self.value(i).unwrap_or(f64::NAN),
                    max: self.value(i + 1).unwrap_or(f64::INFINITY),
                    score: self.value(i + 2),
                    uncertainty: self.uncertainty(i),
                    previous: self.value(i + 3),
                    is_beyond_chance: self.value(i + 1).map(|value| value > 0.0),
                    median: self.value(i + 4),
                    best: self.value(i + 5),
                    best_unit: None,
                })
                .collect(),
            decimals: 2,
        });
        let sets = rank_sets(&RankSets {
            heading: self.heading(),
            rows: (0..rows)
                .map(|i| RankSetRow {
                    code: i.to_string(),
                    name: self.name(i),
                    rank: self.value(i).map(|_| i as u32),
                    ranked: rows as u32,
                    uncertainty: self.uncertainty(i),
                    group: self.value(i).map(|_| self.name(i + 1)),
                    is_total: i == 0,
                })
                .collect(),
        });
        let compared = compare_dots(&CompareDots {
            heading: self.heading(),
            units: (0..rows).map(|i| (i.to_string(), self.name(i))).collect(),
            rows: (0..rows)
                .map(|i| CompareRow {
                    code: i.to_string(),
                    name: self.name(i),
                    min: self.value(i).unwrap_or(0.0),
                    max: self.value(i + 1).unwrap_or(10.0),
                    scores: self.values.clone(),
                })
                .collect(),
            decimals: 2,
        });
        vec![changes, lost, profile, sets, compared]
    }

    fn edition_figures(&self, rows: usize) -> Vec<Figure> {
        let breaks: Vec<TrendBreak> = (0..rows / 2)
            .map(|i| TrendBreak {
                edition: (2010 + 2 * i).to_string(),
                reason: self.name(i),
            })
            .collect();
        let one = trend(&Trend {
            heading: self.heading(),
            unit: self.name(0),
            points: (0..rows)
                .map(|i| TrendPoint {
                    edition: (2010 + i).to_string(),
                    score: self.value(i),
                    rank: None,
                    median: self.value(i + 1),
                    best: self.value(i + 2),
                    worst: self.value(i + 3),
                })
                .collect(),
            breaks: breaks.clone(),
            decimals: 2,
        });
        let many = compare_trend(&CompareTrend {
            heading: self.heading(),
            editions: (0..rows).map(|i| (2010 + i).to_string()).collect(),
            series: (0..rows)
                .map(|i| CompareSeries {
                    code: i.to_string(),
                    name: self.name(i),
                    scores: self.values.clone(),
                })
                .collect(),
            breaks,
            decimals: 2,
        });
        vec![one, many]
    }
}

fn geometry(units: usize, size: f64) -> MapGeometry {
    MapGeometry {
        credit: None,
        id: "provinces-63".into(),
        source: "s <&>".into(),
        licence: "l".into(),
        schematic: true,
        width: size,
        height: size,
        units: (0..units + 1)
            .map(|i| MapUnit {
                code: i.to_string(),
                path: "M0 0L1 1Z".into(),
                label: None,
            })
            .collect(),
        insets: vec![Inset {
            name: LocalName {
                vi: "Hoàng Sa".into(),
                en: "Hoang Sa (Paracel Islands)".into(),
            },
            owner_63: Some("1".into()),
            owner_34: None,
            frame: Frame {
                x: 1.0,
                y: 2.0,
                width: 30.0,
                height: 40.0,
            },
            islands: vec![Island {
                name: None,
                x: 5.0,
                y: 6.0,
                r: 1.0,
            }],
        }],
    }
}

/// Reads a file as XML to its end; returns every attribute value and text.
fn read_xml(text: &str) -> Result<Vec<String>, String> {
    let mut reader = Reader::from_str(text);
    let mut parts = Vec::new();
    let mut in_style = false;
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Eof => return Ok(parts),
            Event::Start(tag) => {
                in_style = tag.name().as_ref() == "style";
                for attribute in tag.attributes() {
                    let attribute = attribute.map_err(|e| e.to_string())?;
                    parts.push(attribute.value.to_string());
                }
            }
            Event::End(_) => in_style = false,
            Event::Text(words) if !in_style => parts.push(words.to_string()),
            _ => {}
        }
    }
}

/// Whether a value of a drawing's attribute holds a number that no drawing can show.
fn is_broken_number(value: &str) -> bool {
    value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| matches!(word, "NaN" | "inf" | "Infinity"))
}

fn any_given() -> impl Strategy<Value = Given> {
    let name = prop_oneof![
        "[A-Za-z &<>\"']{0,24}",
        "\\PC{0,40}",
        Just("]]><script>alert(1)</script>".to_string()),
        Just("nul\u{0}\u{1b}\u{ffff}".to_string()),
    ]
    .prop_filter("words that look like a broken number", |name| {
        !is_broken_number(name)
    });
    let value = prop_oneof![
        2 => Just(None),
        6 => (-100f64..100.0).prop_map(Some),
        1 => any::<f64>().prop_map(Some),
        1 => Just(Some(f64::NAN)),
        1 => Just(Some(f64::INFINITY)),
        1 => Just(Some(f64::MAX)),
    ];
    (
        prop::collection::vec(name, 0..7),
        prop::collection::vec(value, 0..9),
        prop::option::of(Just("/units/33?a=1&b=\"2\"".to_string())),
        prop_oneof![Just(Lang::Vi), Just(Lang::En)],
    )
        .prop_map(|(names, values, href, lang)| Given {
            names,
            values,
            href,
            lang,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_drawing_is_well_formed_and_has_no_broken_number(given in any_given(), rows in 0usize..9) {
        for figure in given.figures(rows) {
            let parts = read_xml(&figure.standalone_svg()).map_err(TestCaseError::fail)?;
            let forbidden = figure.standalone_svg().chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{ffff}');
            prop_assert_eq!(forbidden, None);
            prop_assert!(!parts.iter().any(|part| is_broken_number(part)), "{:?}", parts);
            prop_assert!(figure.drawings.iter().all(|d| d.width.is_finite() && d.height.is_finite() && d.height > 0.0));
        }
    }

    #[test]
    fn no_text_becomes_markup(given in any_given(), rows in 0usize..9) {
        for figure in given.figures(rows) {
            let html = figure.to_html(&Links::at("/c/map", "unit=33")).into_string();
            prop_assert!(!html.contains("<script"));
            prop_assert!(!figure.standalone_svg().contains("<script"));
        }
    }

    #[test]
    fn ids_are_unique_in_a_figure_and_every_reference_has_its_target(given in any_given(), rows in 0usize..9) {
        for figure in given.figures(rows) {
            let html = figure.to_html(&Links::default()).into_string();
            let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let unique: BTreeSet<&str> = ids.iter().copied().collect();
            prop_assert_eq!(unique.len(), ids.len());
            for rest in html.split("url(#").skip(1) {
                prop_assert!(unique.contains(rest.split(')').next().unwrap_or_default()));
            }
            for rest in html.split("aria-labelledby=\"").skip(1) {
                for id in rest.split('"').next().unwrap_or_default().split(' ') {
                    prop_assert!(unique.contains(id), "{}", id);
                }
            }
        }
    }

    #[test]
    fn every_table_can_be_written_in_every_form(given in any_given(), rows in 0usize..9) {
        for figure in given.figures(rows) {
            prop_assert!(figure.table.to_csv().is_ok());
            prop_assert!(figure.table.to_json().is_ok());
            prop_assert!(figure.table.to_parquet().is_ok());
            prop_assert!(!figure.description.is_empty());
        }
    }
}

fn plain(values: &[Option<f64>]) -> Given {
    Given {
        names: ["Hưng Yên", "Hà Nội", "Huế", "Nguồn"]
            .map(String::from)
            .to_vec(),
        values: values.to_vec(),
        href: None,
        lang: Lang::Vi,
    }
}

#[test]
fn an_image_hides_what_is_inside_it_so_drawings_with_links_are_groups() {
    let mut given = plain(&[Some(1.0), Some(2.0)]);
    let role = |given: &Given, role: &str| {
        let html = given.unit_figures(3)[0]
            .to_html(&Links::default())
            .into_string();
        html.contains(&format!("role=\"{role}\" aria-labelledby"))
    };
    assert!(role(&given, "img") && !role(&given, "group"));
    given.href = Some("/u".into());
    assert!(role(&given, "group") && !role(&given, "img"));
}

#[test]
fn no_line_crosses_a_break_or_a_gap() {
    let points = [
        Some(40.0),
        Some(41.0),
        None,
        Some(42.0),
        Some(43.0),
        Some(44.0),
    ];
    let figure = trend(&Trend {
        heading: plain(&[]).heading(),
        unit: "Hưng Yên".into(),
        points: points
            .iter()
            .enumerate()
            .map(|(i, score)| TrendPoint {
                edition: (2011 + i).to_string(),
                score: *score,
                rank: None,
                median: None,
                best: None,
                worst: None,
            })
            .collect(),
        breaks: vec![TrendBreak {
            edition: "2015".into(),
            reason: "đổi thang".into(),
        }],
        decimals: 2,
    });
    let svg = figure.drawings[1].body.clone().into_string();
    let path = svg
        .split("class=\"line-unit\" d=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default();
    assert_eq!(
        path.matches('M').count(),
        3,
        "2011–2012, 2014, 2015–2016: {path}"
    );
    assert_eq!(path.matches('L').count(), 2, "{path}");
    assert!(
        figure.notes[0].contains("(a) 2015: đổi thang"),
        "{:?}",
        figure.notes
    );
    assert_eq!(
        figure.description,
        "Hưng Yên đạt 40,00 điểm năm 2011 và 44,00 điểm năm 2016; cao nhất 44,00 (2016), thấp nhất 40,00 (2011). Không có điểm: 2013."
    );
}

#[test]
fn insets_are_drawn_named_and_in_their_owners_tone() {
    let given = plain(&[Some(3.0), Some(0.0), Some(2.0)]);
    let figure = &given.unit_figures(3)[0];
    let svg = figure.standalone_svg();
    assert!(svg.contains(">Hoàng Sa</text>"));
    let tone = svg
        .split("class=\"island ")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    assert_eq!(tone, Some("tone-1"), "unit 1 stands in group 0");
    assert!(figure.description.contains("Hoàng Sa"));
    assert!(figure.notes[0].starts_with("Bản đồ giản lược"));
}

#[test]
fn a_node_that_is_not_comparable_is_hatched_and_named_below() {
    let given = plain(&[Some(0.5), Some(-0.25)]);
    let figure = &given.node_figures(2)[0];
    let svg = figure.drawings[0].body.clone().into_string();
    assert_eq!(
        svg.matches("bar hatched").count(),
        2,
        "its bar and the legend"
    );
    assert!(figure.notes[0].contains("Hưng Yên"));
}

#[test]
fn a_small_drawing_of_losses_is_as_before() {
    let figure = losses(&Losses {
        heading: plain(&[]).heading(),
        nodes: vec![Loss {
            code: "1".into(),
            name: "Tham gia".into(),
            depth: 0,
            to_maximum: Some(4.55),
            to_best: Some(0.5),
            best_unit: Some("Quảng Ninh".into()),
        }],
        decimals: 2,
    });
    insta::assert_snapshot!(figure.drawings[0].body.clone().into_string());
    assert_eq!(
        figure.description,
        "Tham gia: kém tối đa 4,55 điểm, kém đơn vị cao nhất (Quảng Ninh) 0,50 điểm."
    );
}
