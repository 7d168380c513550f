//! The site with the packs, figures and maps of the project, and a reader for it.
#![allow(dead_code, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use chiso_index::observations::{MergeRule, read_csv};
use chiso_index::pack::PackFiles;
use chiso_index::{Pack, Panel, Text};
use chiso_units::UnitList;
use chiso_web::{DerivedPanel, IndexData, Site, router};
use tower::ServiceExt;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pack(id: &str) -> Arc<Pack> {
    pack_in(&root().join("packs"), id)
}

/// The pack `id` inside a folder of packs.
pub fn pack_in(packs: &Path, id: &str) -> Arc<Pack> {
    let folder = packs.join(id);
    let mut files = BTreeMap::new();
    let mut add = |path: &Path| {
        let name = path
            .strip_prefix(&folder)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        files.insert(name, fs::read_to_string(path).unwrap());
    };
    for entry in fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if entry.is_dir() {
            fs::read_dir(&entry)
                .unwrap()
                .for_each(|inner| add(&inner.unwrap().path()));
        } else {
            add(&entry);
        }
    }
    let (pack, problems) = Pack::read(&PackFiles {
        root: id.into(),
        files,
    });
    Arc::new(pack.unwrap_or_else(|| panic!("{id}: {problems:?}")))
}

fn index(id: &str) -> IndexData {
    let pack = pack(id);
    let list = UnitList::by_id("provinces-63");
    let path = root().join("data").join(id).join("observations.csv");
    let observations = read_csv(&pack, list, id, fs::File::open(path).unwrap()).unwrap();
    let merged = observations.merged(&MergeRule::PlainMean).unwrap();
    let panel = Panel::score(&pack, UnitList::by_id("provinces-34"), &merged).expect("scores");
    let rule = Text {
        en: "Plain mean of the merged provinces.".into(),
        vi: "Trung bình cộng của các tỉnh được sáp nhập.".into(),
    };
    IndexData {
        panel: Panel::score(&pack, list, &observations).expect("scores"),
        derived: vec![DerivedPanel {
            list_id: "provinces-34".into(),
            rule,
            panel,
        }],
        observations,
        data_source: pack.publisher.clone(),
        is_simulated: false,
    }
}

/// The site as the demonstration shows it.
pub fn site() -> Site {
    let map = |list: &str, file: &str| {
        (
            list.to_owned(),
            fs::read_to_string(root().join("data/map").join(file)).unwrap(),
        )
    };
    let maps = [
        map("provinces-63", "vn-63.json"),
        map("provinces-34", "vn-34.json"),
    ];
    Site::new(vec![index("papi"), index("pci")])
        .with_maps(&maps.into())
        .unwrap()
}

static SITE: LazyLock<Arc<Site>> = LazyLock::new(|| Arc::new(site()));

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// Asks for an address with these headers.
pub async fn ask(address: &str, headers: &[(&str, &str)]) -> Answer {
    ask_site(SITE.clone(), address, headers).await
}

/// Asks a site for an address with these headers.
pub async fn ask_site(site: Arc<Site>, address: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(address);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = router(site)
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let bytes = to_bytes(answer.into_body(), usize::MAX)
        .await
        .unwrap()
        .to_vec();
    Answer {
        status,
        headers,
        bytes,
    }
}

/// The page at an address that must be there.
pub async fn page(address: &str) -> String {
    let answer = ask(address, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{address}");
    answer.text()
}
