//! The addresses of pages, files and charts. What [`super::View::find`] reads is written here.

use super::View;
use crate::query;

impl View<'_> {
    fn path(&self, rest: &str) -> String {
        let index = query::encoded(&self.pack().id);
        format!("/{}/{index}/{rest}", self.lang.code())
    }

    /// The address of the overview of an edition, keeping the list of units.
    pub fn overview(&self) -> String {
        let query = query::written(&[("units", self.derived_list()), ("node", self.node_code())]);
        with_query(self.path(&self.scored.edition.to_string()), &query)
    }

    /// The address of a unit's profile.
    pub fn unit_page(&self, code: &str) -> String {
        let path = self.path(&format!(
            "{}/units/{}",
            self.scored.edition,
            query::encoded(code)
        ));
        with_query(path, &query::written(&[("units", self.derived_list())]))
    }

    /// The address of the page that compares units.
    pub fn compare_page(&self, codes: &[&str]) -> String {
        let mut pairs = vec![("units", self.derived_list())];
        pairs.extend(codes.iter().map(|code| ("unit", Some(*code))));
        with_query(
            self.path(&format!("{}/compare", self.scored.edition)),
            &query::written(&pairs),
        )
    }

    /// The address of the page about the index, with the version of this edition.
    pub fn about_page(&self) -> String {
        let current = self
            .index
            .panel
            .latest()
            .map(|latest| latest.version.id.as_str());
        let version = Some(self.scored.version.id.as_str()).filter(|id| current != Some(id));
        with_query(self.path("about"), &query::written(&[("version", version)]))
    }

    /// The address of the page of files.
    pub fn data_page(&self) -> String {
        self.path("data")
    }

    /// The address of a file of the data page.
    pub fn file(&self, name: &str) -> String {
        self.path(&format!("data/{}", query::encoded(name)))
    }

    /// The address of a chart without its ending, and its query.
    pub fn chart_address(&self, chart: &str, codes: &[&str]) -> (String, String) {
        let mut pairs = vec![("units", self.derived_list()), ("node", self.node_code())];
        pairs.extend(codes.iter().map(|code| ("unit", Some(*code))));
        let path = self.path(&format!("{}/charts/{chart}", self.scored.edition));
        (path, query::written(&pairs))
    }
}

fn with_query(path: String, query: &str) -> String {
    if query.is_empty() {
        path
    } else {
        format!("{path}?{query}")
    }
}
