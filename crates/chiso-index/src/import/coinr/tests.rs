use super::*;
use crate::observations::{Value, read_csv};
use crate::pack::Direction;

const META: &str = "Level,iCode,iName,Parent,Direction,Weight,Type,Unit,Target,Denominator,Extra\n\
    1,a,\"First, of \"\"two\"\"\",P,1,0.25,Indicator,Percent,3.5,,x\n\
    1,b,Second,P,-1,1,Indicator,,,,\n\
    1,c.1,Third,Q,1,1,Indicator,,,,\n\
    2,P,Pillar,The Index,1,2,Aggregate,,,,\n\
    2,Q,Other pillar,The Index,-1,1,Aggregate,,,,\n\
    3,The Index,Whole,,1,1,Aggregate,,,,\n\
    ,size,Size,,,,Denominator,,,,\n\
    ,kind,Kind,,,,Group,,,,\n";
const DATA: &str = "uName,uCode,Time,a,b,c.1,size,kind\n\
    One,U1,2020,1,2,3e2,10,x\n\
    Two,U2,2020,NA,5,6,20,NA\n\
    One,U1,2022,7,,9.25,30,y\n";

fn request<'a>() -> Request<'a> {
    Request {
        id: None,
        edition: None,
        unit_level: "province",
        denominate: true,
        steps: None,
    }
}

fn converted(data: &str, meta: &str, request: &Request<'_>) -> Result<Converted, Vec<String>> {
    let data = Table::from_csv("in/iData.csv", data.as_bytes()).unwrap();
    let meta = Table::from_csv("in/iMeta.csv", meta.as_bytes()).unwrap();
    convert(&data, &meta, request)
        .map_err(|problems| problems.iter().map(Problem::to_string).collect())
}

fn pack(converted: &Converted) -> Pack {
    let files = PackFiles {
        root: converted.id.clone(),
        files: converted.pack.clone(),
    };
    Pack::read(&files).0.expect("a sound pack")
}

#[test]
fn the_pack_says_what_the_tables_say() {
    let converted = converted(DATA, META, &request()).unwrap();
    let pack = pack(&converted);
    assert_eq!(
        (pack.id.as_str(), pack.unit_level.as_str()),
        ("the-index", "province")
    );
    assert_eq!(pack.editions(), [Edition(2020), Edition(2022)]);
    let version = &pack.versions[0];
    assert_eq!(
        (version.id.as_str(), version.levels.len()),
        ("2020-2022", 3)
    );
    let codes: Vec<&str> = version
        .tree
        .outline()
        .iter()
        .map(|&node| version.tree.node(node).code.as_str())
        .collect();
    assert_eq!(codes, ["the-index", "P", "a", "b", "Q", "c.1"]);
    let node = |code: &str| version.tree.node(version.tree.find(code).unwrap()).clone();
    assert_eq!((node("a").weight, node("P").weight), (0.25, 2.0));
    assert_eq!(node("b").direction, Direction::Lower);
    assert_eq!(
        node("Q").direction,
        Direction::Higher,
        "of an aggregate it has no effect"
    );
    assert_eq!(node("a").name.en, "First, of \"two\"");
    assert!(
        node("a")
            .note
            .contains("unit of measure: Percent; target: 3.5")
    );
}

#[test]
fn observations_are_the_values_of_the_table_and_missing_ones_are_stated() {
    let converted = converted(DATA, META, &request()).unwrap();
    let pack = pack(&converted);
    let read = read_csv(
        &pack,
        None,
        "observations.csv",
        converted.observations.as_bytes(),
    )
    .unwrap();
    assert_eq!(read.rows().len(), 9);
    let tree = &pack.versions[0].tree;
    let value = |edition: i32, unit: &str, node: &str| {
        let row = read.rows().iter().find(|row| {
            row.edition == Edition(edition)
                && &*read.units()[row.unit] == unit
                && row.node == tree.find(node).unwrap()
        });
        row.unwrap().value
    };
    assert_eq!(value(2020, "U1", "c.1"), Value::Number(300.0));
    assert_eq!(value(2020, "U2", "a"), Value::Missing);
    assert_eq!(value(2022, "U1", "b"), Value::Missing);
    assert_eq!(value(2022, "U1", "c.1"), Value::Number(9.25));
}

#[test]
fn the_context_holds_names_denominators_and_groups_by_edition() {
    let context = converted(DATA, META, &request()).unwrap().context.unwrap();
    assert_eq!(
        context,
        "edition,unit,unit_name,size,kind\n2020,U1,One,10,x\n2020,U2,Two,20,\n2022,U1,One,30,y\n"
    );
    let meta: String = META
        .lines()
        .take(7)
        .map(|line| format!("{line}\n"))
        .collect();
    let plain = "uCode,Time,a,b,c.1\nU,2020,1,2,3\n";
    assert_eq!(converted(plain, &meta, &request()).unwrap().context, None);
}

#[test]
fn the_report_says_what_was_changed_and_what_was_left_out() {
    let report = converted(DATA, META, &request())
        .unwrap()
        .report
        .to_string();
    for part in [
        "2 units, 2 editions, 3 indicators in 3 aggregates, 7 values, 2 missing",
        "the root has the pack's id `the-index` as its code instead of: The Index",
        "which has no effect (nor has it in COINr): their scores come from their parts: Q",
        "columns of iMeta that were left out: Extra",
        "stands as a comment in index.toml: a",
        "to fill in: publisher, licence and source",
    ] {
        assert!(report.contains(part), "`{part}` is not in: {report}");
    }
}

#[test]
fn an_id_is_asked_for_where_none_can_be_made_or_it_is_taken() {
    let with = |id| Request {
        id: Some(id),
        ..request()
    };
    assert_eq!(
        converted(DATA, META, &with("my-index")).unwrap().id,
        "my-index"
    );
    for id in ["", "My index", "../x", "a--b", "a"] {
        let messages = converted(DATA, META, &with(id)).unwrap_err();
        assert!(messages[0].contains("--id ID"), "{messages:#?}");
    }
    let nameless = META.replace("The Index", "Chỉ số !").replace("Chỉ số", "…");
    let messages = converted(DATA, &nameless, &request()).unwrap_err();
    assert!(
        messages[0].starts_with("in/iMeta.csv:7: error: found the id `` of a pack"),
        "{messages:#?}"
    );
}

#[test]
fn a_denominator_that_the_metadata_do_not_describe_is_refused() {
    let meta = META.replace(
        "1,b,Second,P,-1,1,Indicator,,,,",
        "1,b,Second,P,-1,1,Indicator,,,people,",
    );
    let messages = converted(DATA, &meta, &request()).unwrap_err();
    assert!(
        messages[0].starts_with("in/iMeta.csv:3: error: found Denominator `people` of `b`"),
        "{messages:#?}"
    );
}

#[test]
fn each_denominator_is_a_step_before_the_others() {
    let meta = META.replace(
        "1,b,Second,P,-1,1,Indicator,,,,",
        "1,b,Second,P,-1,1,Indicator,,,size,",
    );
    let data = Table::from_csv("iData.csv", DATA.as_bytes()).unwrap();
    let meta = Table::from_csv("iMeta.csv", meta.as_bytes()).unwrap();
    let entries = entries::read(&meta).unwrap();
    let structure = structure::find(&meta, &entries).unwrap();
    let figures = figures::read(&data, &entries, None).unwrap();
    let index = Index {
        data: &data,
        meta: &meta,
        entries,
        structure,
        figures,
        id: "i".to_owned(),
    };
    let steps = recipe_text::steps(&index, &request()).unwrap();
    let start = "[[version.step]]\ndo = \"denominate\"\nby = \"size\"\nnodes = [\"b\"]\n\n[[version.step]]\ndo = \"normalise\"";
    assert!(steps.starts_with(start), "{steps}");
    let own = "[[version.step]]\ndo = \"denominate\"\nby = \"size\"\n";
    let given = Request {
        steps: Some(("own.toml", own)),
        ..request()
    };
    let steps = recipe_text::steps(&index, &given).unwrap();
    assert_eq!(steps.matches("denominate").count(), 1, "{steps}");
    let without = Request {
        denominate: false,
        ..request()
    };
    let steps = recipe_text::steps(&index, &without).unwrap();
    assert!(!steps.contains("denominate"), "{steps}");
}

#[test]
fn given_steps_take_the_place_of_the_usual_ones_and_are_refused_if_they_are_none() {
    let with = |text| Request {
        steps: Some(("own.toml", text)),
        ..request()
    };
    let own = "[[version.step]]\ndo = \"normalise\"\nmethod = \"minmax\"\n[[version.step]]\ndo = \"aggregate\"\nmethod = \"geometric\"";
    let text = converted(DATA, META, &with(own)).unwrap().pack["index.toml"].clone();
    assert!(
        text.contains("geometric") && !text.contains("method = \"mean\""),
        "{text}"
    );
    let cases = [
        ("x", "own.toml:1: error: found "),
        ("[[version.step]]\ndo = 1\n[", "own.toml:3: error: found "),
        (
            "id = \"x\"\n",
            "own.toml: error: found key `id`; expected [[version.step]] tables",
        ),
        ("[version]\nid = \"x\"\n", "own.toml: error: found key `id`"),
        ("", "own.toml: error: found no step"),
        ("[[version.step]]\ndo = \"boil\"\n", "the-index/index.toml:"),
    ];
    for (text, start) in cases {
        let messages = converted(DATA, META, &with(text)).unwrap_err();
        assert!(messages[0].starts_with(start), "{messages:#?}");
    }
}

#[test]
fn names_with_quotes_and_line_breaks_stay_whole() {
    let meta = META.replace("Whole", "\"A \\ \"\"whole\"\"\nof 'parts' \u{7f}\"");
    let pack = pack(&converted(DATA, &meta, &request()).unwrap());
    assert_eq!(pack.name.en, "A \\ \"whole\"\nof 'parts' \u{7f}");
}

/// The index of tables in which `b` is divided and has goalposts beyond which a value lies.
fn with_goalposts() -> Converted {
    let meta = META
        .replace(
            "Target,Denominator,Extra",
            "Target,Denominator,goalpost_lower,goalpost_upper",
        )
        .replace(",3.5,,x\n", ",3.5,,0,10\n");
    let mut lines: Vec<String> = meta.lines().map(str::to_owned).collect();
    lines[2] = "1,b,Second,P,-1,1,Indicator,,,size,0,4".to_owned();
    for line in lines.iter_mut().skip(3) {
        line.push(',');
    }
    converted(DATA, &(lines.join("\n") + "\n"), &request()).unwrap()
}

#[test]
fn goalposts_are_a_range_only_where_every_value_lies_between_them() {
    let pack = pack(&with_goalposts());
    let tree = &pack.versions[0].tree;
    let node = |code: &str| tree.node(tree.find(code).unwrap());
    let range = node("a").range.unwrap();
    assert_eq!((range.min, range.max), (0.0, 10.0));
    assert_eq!(node("b").range, None, "5 lies above 4");
    assert!(
        node("b")
            .note
            .contains("denominator: size; goalposts: 0 to 4")
    );
}

#[test]
fn the_steps_that_stand_as_comments_are_sound_in_the_place_of_the_normalise_step() {
    let converted = with_goalposts();
    let text = &converted.pack["index.toml"];
    assert!(
        text.contains("do = \"denominate\"\nby = \"size\"\nnodes = [\"b\"]\n"),
        "{text}"
    );
    let usual = "[[version.step]]\ndo = \"normalise\"\nmethod = \"minmax\"\nlow = 0\nhigh = 100\n";
    let comments: Vec<String> = text
        .split("# [[version.step]]\n")
        .skip(1)
        .map(|step| {
            let lines = step.lines().take_while(|line| line.starts_with("# "));
            lines.map(|line| format!("{}\n", &line[2..])).collect()
        })
        .collect();
    assert_eq!(comments.len(), 2);
    for (step, method) in comments.iter().zip(["distance_to_target", "scaled"]) {
        assert!(step.contains(method), "{step}");
        let mut files = converted.pack.clone();
        // The nodes without a target or goalposts keep the usual scale.
        let own = format!(
            "{usual}[[version.step.override]]\nnodes = [\"a\"]\n{}",
            step.replace("do = \"normalise\"\n", "")
        );
        files.insert("index.toml".to_owned(), text.replace(usual, &own));
        let (pack, problems) = Pack::read(&PackFiles {
            root: converted.id.clone(),
            files,
        });
        assert!(pack.is_some(), "{problems:?}");
    }
}

#[test]
fn a_step_that_asks_for_a_column_that_is_not_there_is_refused() {
    let own = "[[version.step]]\ndo = \"impute\"\nmethod = \"group_mean\"\ngroup = \"region\"\n\
        [[version.step]]\ndo = \"normalise\"\nmethod = \"minmax\"\n[[version.step]]\ndo = \"aggregate\"\nmethod = \"mean\"\n";
    let with = Request {
        steps: Some(("own.toml", own)),
        ..request()
    };
    let messages = converted(DATA, META, &with).unwrap_err();
    assert_eq!(messages.len(), 1, "{messages:#?}");
    assert!(messages[0].contains("found column `region` in a step; expected one of those that iMeta describes: size, kind"), "{messages:#?}");
}
