//! Writes one page with every chart, in both languages, from real observations: for looking at the
//! charts while they are changed. It is not part of the site.
//!
//! ```text
//! cargo run -p chiso-publish --example gallery -- OBSERVATIONS.csv NODES.csv UNITS.csv MAP.json OUT_DIR
//! ```
//!
//! The observations are leaf scores; parents are taken as plain sums and groups as quarters, which
//! is enough for a picture and no statement about an index.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;

use chiso_publish::chart::*;
use chiso_publish::*;
use maud::{DOCTYPE, Markup, PreEscaped, html};

type Scores = BTreeMap<(String, String, String), f64>;

struct Node {
    code: String,
    parent: String,
    name: [String; 2],
    min: f64,
    max: f64,
}

struct World {
    lang: Lang,
    scores: Scores,
    nodes: Vec<Node>,
    root: String,
    units: Vec<(String, [String; 2])>,
    editions: Vec<String>,
    map: MapGeometry,
    source: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [observations, nodes, units, map, out] = arguments.as_slice() else {
        return Err("expected OBSERVATIONS.csv NODES.csv UNITS.csv MAP.json OUT_DIR".into());
    };
    let out = Path::new(out);
    fs::create_dir_all(out.join("fonts"))?;
    fs::write(out.join("style.css"), assets::STYLE_CSS)?;
    for (name, bytes) in assets::FONTS {
        fs::write(out.join("fonts").join(name), bytes)?;
    }
    for lang in [Lang::Vi, Lang::En] {
        let world = read(lang, observations, nodes, units, map)?;
        let figures = figures(&world);
        for figure in &figures {
            let stem = out.join(format!("{}-{}", figure.id(), lang.code()));
            fs::write(stem.with_extension("svg"), figure.standalone_svg())?;
            fs::write(stem.with_extension("csv"), figure.table.to_csv()?)?;
            fs::write(
                stem.with_extension("json"),
                figure.table.to_json()?.to_string(),
            )?;
            fs::write(stem.with_extension("parquet"), figure.table.to_parquet()?)?;
        }
        fs::write(
            out.join(format!("{}.html", lang.code())),
            page(&world, &figures).into_string(),
        )?;
    }
    Ok(())
}

fn column(row: &csv::StringRecord, headers: &csv::StringRecord, name: &str) -> String {
    headers
        .iter()
        .position(|h| h == name)
        .and_then(|i| row.get(i))
        .unwrap_or_default()
        .to_string()
}

fn records(path: &str) -> Result<(csv::StringRecord, Vec<csv::StringRecord>), Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let headers = reader.headers()?.clone();
    let rows = reader.records().collect::<Result<Vec<_>, _>>()?;
    Ok((headers, rows))
}

fn read(
    lang: Lang,
    observations: &str,
    nodes: &str,
    units: &str,
    map: &str,
) -> Result<World, Box<dyn Error>> {
    let (headers, rows) = records(nodes)?;
    let number =
        |row: &csv::StringRecord, name: &str| column(row, &headers, name).parse().unwrap_or(0.0);
    let nodes: Vec<Node> = rows
        .iter()
        .map(|row| Node {
            code: column(row, &headers, "code"),
            parent: column(row, &headers, "parent"),
            name: [
                column(row, &headers, "name_vi"),
                column(row, &headers, "name_en"),
            ],
            min: number(row, "min"),
            max: number(row, "max"),
        })
        .collect();
    let (headers, rows) = records(units)?;
    let units = rows
        .iter()
        .filter(|row| column(row, &headers, "list") == "provinces-63")
        .map(|row| {
            (
                column(row, &headers, "code"),
                [
                    column(row, &headers, "name_vi"),
                    column(row, &headers, "name_en"),
                ],
            )
        })
        .collect();
    let (headers, rows) = records(observations)?;
    let mut scores = Scores::new();
    for row in &rows {
        let key = ["edition", "unit", "node"].map(|name| column(row, &headers, name));
        scores.insert(key.into(), column(row, &headers, "value").parse()?);
    }
    let root = nodes
        .iter()
        .find(|n| n.parent.is_empty())
        .map(|n| n.code.clone())
        .ok_or("no root")?;
    let editions: BTreeSet<String> = scores.keys().map(|key| key.0.clone()).collect();
    let map = MapGeometry::from_json(&fs::read_to_string(map)?)?;
    Ok(World {
        lang,
        scores,
        nodes,
        root,
        units,
        editions: editions.into_iter().collect(),
        map,
        source: observations.to_string(),
    })
}

impl World {
    fn score(&self, edition: &str, unit: &str, node: &str) -> Option<f64> {
        let key = (edition.to_string(), unit.to_string(), node.to_string());
        if let Some(value) = self.scores.get(&key) {
            return Some(*value);
        }
        if node == self.root
            && edition >= "2018"
            && !(1..=8).all(|d| self.score(edition, unit, &d.to_string()).is_some())
        {
            return None;
        }
        let mut total = None;
        let prefix = if node == self.root {
            String::new()
        } else {
            format!("{node}.")
        };
        for ((e, u, n), value) in &self.scores {
            if e == edition && u == unit && n.starts_with(&prefix) {
                *total.get_or_insert(0.0) += value;
            }
        }
        total
    }

    fn name(&self, pair: &[String; 2]) -> String {
        self.lang.pick(&pair[0], &pair[1]).to_string()
    }

    fn unit_name(&self, code: &str) -> String {
        self.units
            .iter()
            .find(|u| u.0 == code)
            .map(|u| self.name(&u.1))
            .unwrap_or_default()
    }

    fn sorted(&self, edition: &str, node: &str) -> Vec<(String, f64)> {
        let mut list: Vec<(String, f64)> = self
            .units
            .iter()
            .filter_map(|u| Some((u.0.clone(), self.score(edition, &u.0, node)?)))
            .collect();
        list.sort_by(|a, b| b.1.total_cmp(&a.1));
        list
    }

    fn heading(&self, id: &str, vi: &str, en: &str, subtitle: &str) -> Heading {
        Heading {
            id: id.to_string(),
            lang: self.lang,
            title: self.lang.pick(vi, en).to_string(),
            subtitle: Some(subtitle.to_string()),
            source: Source {
                text: self.source.clone(),
                href: Some("https://example.org/".to_string()),
            },
        }
    }

    fn level_one(&self) -> Vec<&Node> {
        self.nodes
            .iter()
            .filter(|n| n.parent == self.root)
            .collect()
    }
}

fn bands(world: &World, ranked: &[(String, f64)]) -> Vec<GroupBand> {
    let names = [
        ["Cao", "High"],
        ["Trung bình cao", "Mid-high"],
        ["Trung bình thấp", "Mid-low"],
        ["Thấp", "Low"],
    ];
    let part = |k: usize| {
        ranked
            .iter()
            .enumerate()
            .filter(move |(i, _)| i * 4 / ranked.len().max(1) == k)
            .map(|(_, r)| r.1)
    };
    names
        .iter()
        .enumerate()
        .map(|(k, name)| GroupBand {
            name: world.lang.pick(name[0], name[1]).to_string(),
            low: part(k).reduce(f64::min),
            high: part(k).reduce(f64::max),
            count: part(k).count(),
        })
        .collect()
}

const UNIT: &str = "33";

fn figures(world: &World) -> Vec<Figure> {
    let ranked = world.sorted("2024", &world.root);
    let groups = bands(world, &ranked);
    let place = |code: &str| ranked.iter().position(|r| r.0 == code);
    let group = |code: &str| place(code).map(|i| i * 4 / ranked.len());
    let href = |code: &str| Some(format!("#unit-{code}"));
    let subtitle = world.lang.pick(
        "Tổng điểm, từ 8 đến 80, năm 2024",
        "Total score, 8 to 80, 2024",
    );
    let map = choropleth(&Choropleth {
        heading: world.heading(
            "map",
            "Miền Trung và phía Bắc dẫn đầu",
            "The north and the centre lead",
            subtitle,
        ),
        geometry: &world.map,
        units: world
            .units
            .iter()
            .map(|u| ChoroplethUnit {
                code: u.0.clone(),
                name: world.name(&u.1),
                score: place(&u.0).map(|i| ranked[i].1),
                group: group(&u.0),
                href: href(&u.0),
            })
            .collect(),
        groups: groups.clone(),
        score_name: world.lang.pick("Tổng điểm", "Total score").to_string(),
        decimals: 2,
        highlight: Some(UNIT.to_string()),
    });
    let mut rows: Vec<RankedUnit> = ranked
        .iter()
        .enumerate()
        .map(|(i, (code, score))| RankedUnit {
            code: code.clone(),
            name: world.unit_name(code),
            score: Some(*score),
            interval: None,
            rank: Some(i as u32 + 1),
            group: group(code),
            href: href(code),
        })
        .collect();
    rows.extend(
        world
            .units
            .iter()
            .filter(|u| place(&u.0).is_none())
            .map(|u| RankedUnit {
                code: u.0.clone(),
                name: world.name(&u.1),
                score: None,
                interval: None,
                rank: None,
                group: None,
                href: href(&u.0),
            }),
    );
    let ranking = ranking(&Ranking {
        heading: world.heading(
            "ranking",
            "Xếp hạng 63 tỉnh, thành phố",
            "Ranking of the 63 provinces",
            subtitle,
        ),
        units: rows,
        groups,
        score_name: world.lang.pick("Tổng điểm", "Total score").to_string(),
        decimals: 2,
        highlight: Some(UNIT.to_string()),
    });
    vec![
        map,
        ranking,
        trend_figure(world),
        contributions_figure(world),
        profile_figure(world),
        losses_figure(world),
        compare_figure(world),
        compare_trend_figure(world),
    ]
}

fn breaks(world: &World) -> Vec<TrendBreak> {
    let list = [
        (
            "2016",
            "thay đổi câu hỏi của ba lĩnh vực",
            "questions of three dimensions changed",
        ),
        (
            "2018",
            "thêm hai lĩnh vực, thang điểm 80",
            "two dimensions added, scale of 80",
        ),
        (
            "2021",
            "đổi nội dung thành phần",
            "sub-dimensions regrouped",
        ),
    ];
    list.iter()
        .map(|(edition, vi, en)| TrendBreak {
            edition: edition.to_string(),
            reason: world.lang.pick(vi, en).to_string(),
        })
        .collect()
}

fn trend_figure(world: &World) -> Figure {
    let points = world
        .editions
        .iter()
        .map(|edition| {
            let list = world.sorted(edition, &world.root);
            TrendPoint {
                edition: edition.clone(),
                score: world.score(edition, UNIT, &world.root),
                rank: list.iter().position(|r| r.0 == UNIT).map(|i| i as u32 + 1),
                median: list.get(list.len() / 2).map(|r| r.1),
                best: list.first().map(|r| r.1),
                worst: list.last().map(|r| r.1),
            }
        })
        .collect();
    trend(&Trend {
        heading: world.heading(
            "trend",
            "Hưng Yên tăng từ năm 2021",
            "Hưng Yên rises since 2021",
            world.lang.pick("Tổng điểm theo năm", "Total score by year"),
        ),
        unit: world.unit_name(UNIT),
        points,
        breaks: breaks(world),
        decimals: 2,
    })
}

fn contributions_figure(world: &World) -> Figure {
    let change =
        |node: &str| Some(world.score("2024", UNIT, node)? - world.score("2023", UNIT, node)?);
    let mut nodes = Vec::new();
    for node in &world.nodes {
        if node.code == world.root {
            continue;
        }
        let depth = usize::from(node.parent != world.root);
        if depth > 0 && node.parent != "5" {
            continue;
        }
        nodes.push(Contribution {
            code: node.code.clone(),
            name: world.name(&node.name),
            depth,
            change: change(&node.code),
            is_comparable: node.code != "5.2" && node.code != "8",
        });
    }
    contributions(&Contributions {
        heading: world.heading(
            "contributions",
            "Điều gì làm điểm thay đổi",
            "What changed the score",
            world
                .lang
                .pick("Điểm, 2023 đến 2024", "Points, 2023 to 2024"),
        ),
        nodes,
        total: change(&world.root),
        total_name: world.lang.pick("Tổng điểm", "Total").to_string(),
        decimals: 2,
    })
}

fn profile_figure(world: &World) -> Figure {
    let rows = world
        .level_one()
        .into_iter()
        .map(|node| {
            let list = world.sorted("2024", &node.code);
            ProfileRow {
                code: node.code.clone(),
                name: world.name(&node.name),
                min: node.min,
                max: node.max,
                score: world.score("2024", UNIT, &node.code),
                previous: world.score("2023", UNIT, &node.code),
                median: list.get(list.len() / 2).map(|r| r.1),
                best: list.first().map(|r| r.1),
                best_unit: list.first().map(|r| world.unit_name(&r.0)),
            }
        })
        .collect();
    profile_dots(&ProfileDots {
        heading: world.heading(
            "profile",
            "Tám lĩnh vực so với cả nước",
            "Eight dimensions against the country",
            world.lang.pick("Điểm năm 2024", "Score, 2024"),
        ),
        unit: world.unit_name(UNIT),
        previous_name: Some("2023".to_string()),
        rows,
        decimals: 2,
    })
}

fn losses_figure(world: &World) -> Figure {
    let nodes = world
        .level_one()
        .into_iter()
        .map(|node| {
            let best = world.sorted("2024", &node.code).first().cloned();
            let score = world.score("2024", UNIT, &node.code);
            Loss {
                code: node.code.clone(),
                name: world.name(&node.name),
                depth: 0,
                to_maximum: score.map(|s| node.max - s),
                to_best: score.zip(best.as_ref()).map(|(s, b)| b.1 - s),
                best_unit: best.map(|b| world.unit_name(&b.0)),
            }
        })
        .collect();
    losses(&Losses {
        heading: world.heading(
            "losses",
            "Điểm còn mất ở đâu",
            "Where points are lost",
            world.lang.pick("Điểm, 2024", "Points, 2024"),
        ),
        nodes,
        decimals: 2,
    })
}

const FIVE: [&str; 5] = ["33", "22", "01", "79", "48"];

fn compare_figure(world: &World) -> Figure {
    compare_dots(&CompareDots {
        heading: world.heading(
            "compare",
            "Năm tỉnh, tám lĩnh vực",
            "Five provinces, eight dimensions",
            world.lang.pick("Điểm, 2024", "Score, 2024"),
        ),
        units: FIVE
            .iter()
            .map(|code| (code.to_string(), world.unit_name(code)))
            .collect(),
        rows: world
            .level_one()
            .into_iter()
            .map(|node| CompareRow {
                code: node.code.clone(),
                name: world.name(&node.name),
                min: node.min,
                max: node.max,
                scores: FIVE
                    .iter()
                    .map(|code| world.score("2024", code, &node.code))
                    .collect(),
            })
            .collect(),
        decimals: 2,
    })
}

fn compare_trend_figure(world: &World) -> Figure {
    compare_trend(&CompareTrend {
        heading: world.heading(
            "compare-trend",
            "Năm tỉnh qua các năm",
            "Five provinces over the years",
            world.lang.pick("Tổng điểm", "Total score"),
        ),
        editions: world.editions.clone(),
        series: FIVE
            .iter()
            .map(|code| CompareSeries {
                code: code.to_string(),
                name: world.unit_name(code),
                scores: world
                    .editions
                    .iter()
                    .map(|e| world.score(e, code, &world.root))
                    .collect(),
            })
            .collect(),
        breaks: breaks(world),
        decimals: 2,
    })
}

fn page(world: &World, figures: &[Figure]) -> Markup {
    let lang = world.lang;
    let draw = |index: usize| {
        let figure = &figures[index];
        figure.to_html_with_heading(
            &Links::at(&format!("{}-{}", figure.id(), lang.code()), ""),
            if index < 2 { 2 } else { 3 },
        )
    };
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Chiso" }
                link rel="stylesheet" href="style.css";
            }
            body {
                a class="skip-link" href="#main" { (lang.pick("Đến nội dung", "Skip to content")) }
                header class="site-header" {
                    a class="site-name" href="#" { "Chiso" }
                    nav class="site-nav" aria-label=(lang.pick("Chính", "Main")) { ul {
                        li { a href="#" aria-current="page" { (lang.pick("Tổng quan", "Overview")) } }
                        li { a href="#" { (lang.pick("So sánh", "Compare")) } }
                        li { a href="#" { (lang.pick("Số liệu", "Data")) } }
                    } }
                    nav class="lang-switch" aria-label=(lang.pick("Ngôn ngữ", "Language")) { ul {
                        li { a href="vi.html" lang="vi" aria-current=[(lang == Lang::Vi).then_some("true")] { "Tiếng Việt" } }
                        li { a href="en.html" lang="en" aria-current=[(lang == Lang::En).then_some("true")] { "English" } }
                    } }
                }
                main id="main" {
                    p class="eyebrow" { (lang.pick("Ấn bản 2024", "Edition 2024")) }
                    h1 { (lang.pick("Chỉ số quản trị cấp tỉnh", "Provincial governance index")) }
                    p class="lede" { (lang.pick("61 tỉnh, thành phố có tổng điểm; trung vị là 42,9.", "61 provinces have a total; the median is 42.9.")) }
                    form class="pickers" method="get" {
                        div { label for="edition" { (lang.pick("Năm", "Year")) } select id="edition" name="edition" { option { "2024" } option { "2023" } } }
                        button { (lang.pick("Xem", "Show")) }
                    }
                    dl class="stats" {
                        div class="stat" { dt { (lang.pick("Tổng điểm", "Total score")) } dd { (lang.number(44.4042, 2)) } dd class="stat-note" { (lang.pick("thang 8–80", "scale 8–80")) } }
                        div class="stat" { dt { (lang.pick("Hạng", "Rank")) } dd { "19" } dd class="stat-note" { (lang.pick("trong 61", "of 61")) } }
                        div class="stat" { dt { (lang.pick("Thay đổi", "Change")) } dd { (lang.signed(0.7212, 2)) } dd class="stat-note" { (lang.pick("so với 2023", "against 2023")) } }
                    }
                    div class="split" { (draw(0)) (draw(1)) }
                    p class="notice" { (lang.pick("Thang điểm thay đổi năm 2018; điểm trước và sau không so sánh trực tiếp được.", "The scale changed in 2018; scores before and after are not comparable.")) }
                    h2 { (world.unit_name(UNIT)) }
                    (draw(2))
                    div class="columns" { (draw(3)) (draw(4)) }
                    (draw(5))
                    h2 { (lang.pick("So sánh", "Compare")) }
                    (draw(6)) (draw(7))
                }
                footer class="site-footer" { p { (PreEscaped("Chiso")) } }
            }
        }
    }
}
