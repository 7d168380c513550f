//! `chiso demo`: a site on this machine with the shipped indices and figures.

mod survey;

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use chiso_index::{Pack, Text};
use chiso_store::{PackText, Store};
use chiso_web::{DerivedPanel, IndexData, Site};
use tokio::sync::watch;

use crate::{files, maps, provenance, publish, simulated_index};

const USUAL_PORT: u16 = 8080;
/// How long requests that have begun may still take when the demo is ended.
const LAST_ANSWERS: Duration = Duration::from_secs(3);

/// Arguments of `chiso demo`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The port on 127.0.0.1; 0 for any free one. [default: 8080, or a free one if that is taken]
    #[arg(long, env = "CHISO_PORT", value_name = "N")]
    port: Option<u16>,
    /// The folder of the database, or with --survey of its files; it is made if need be. [default: a new one that is removed at the end; with --survey simulated-survey]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// A map of your own in place of the shipped one of the same list of units (data/map/README.md
    /// describes the form); may be given for each list.
    #[arg(long = "map", value_name = "FILE")]
    maps: Vec<PathBuf>,
    #[command(flatten)]
    survey: survey::SurveyArguments,
}

/// Fills the database, opens the site and serves it until it is ended; or makes simulated answers.
///
/// # Errors
/// When the port is taken, or the folder or its database cannot be used.
pub fn run(arguments: &Arguments) -> Result<()> {
    if arguments.survey.wanted() {
        return survey::run(&arguments.survey, arguments.dir.as_deref());
    }
    let maps = maps::read(&arguments.maps)?;
    let listener = bind(arguments.port)?;
    let folder = Folder::of(arguments.dir.as_deref())?;
    tokio::runtime::Runtime::new()?.block_on(open(listener, folder.path(), &maps))
}

/// The folder of the database; a temporary one is removed with the last use.
enum Folder {
    Given(PathBuf),
    Temporary(tempfile::TempDir),
}

impl Folder {
    fn of(given: Option<&Path>) -> Result<Folder> {
        let Some(path) = given else {
            let folder = tempfile::Builder::new().prefix("chiso-demo-").tempdir();
            return Ok(Folder::Temporary(
                folder.context("no folder for the database can be made")?,
            ));
        };
        fs::create_dir_all(path).with_context(|| format!("{}: cannot be made", path.display()))?;
        Ok(Folder::Given(path.to_owned()))
    }

    fn path(&self) -> &Path {
        match self {
            Folder::Given(path) => path,
            Folder::Temporary(folder) => folder.path(),
        }
    }
}

/// Listens on this machine only.
fn bind(port: Option<u16>) -> Result<TcpListener> {
    let listen = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = match (port, listen(port.unwrap_or(USUAL_PORT))) {
        (_, Ok(listener)) => listener,
        (None, Err(error)) if error.kind() == ErrorKind::AddrInUse => {
            let listener = listen(0)?;
            eprintln!(
                "Port {USUAL_PORT} is taken; using {} instead.",
                listener.local_addr()?.port()
            );
            listener
        }
        (Some(port), Err(error)) if error.kind() == ErrorKind::AddrInUse => {
            bail!(
                "port {port}: found it taken by another program; expected a free one (--port 0 finds one)"
            )
        }
        (port, Err(error)) => {
            return Err(error)
                .with_context(|| format!("port {}: cannot be used", port.unwrap_or(USUAL_PORT)));
        }
    };
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn open(listener: TcpListener, folder: &Path, maps: &BTreeMap<String, String>) -> Result<()> {
    let mut ended = ended_by_signal()?;
    let store = Store::open(&folder.join("chiso.db")).await?;
    let mut indices = Vec::new();
    for id in shipped() {
        indices.push(shown(&id, filled(&store, &id).await?)?);
    }
    store.close().await;
    let site = Arc::new(Site::new(indices).with_maps(maps)?);

    let address = listener.local_addr()?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let mut graceful = ended.clone();
    let serving = chiso_web::serve(
        listener,
        site,
        async move { signalled(&mut graceful).await },
    );
    let mut out = std::io::stdout();
    writeln!(out, "Chiso demo: http://{address}/")?;
    out.flush()?;
    eprintln!(
        "Database: {}. End with Ctrl+C.",
        folder.join("chiso.db").display()
    );
    tokio::select! {
        served = serving => served.context("the site"),
        () = async { signalled(&mut ended).await; tokio::time::sleep(LAST_ANSWERS).await } => Ok(()),
    }
}

/// Becomes true with Ctrl+C or a request to terminate.
fn ended_by_signal() -> Result<watch::Receiver<bool>> {
    let (sender, receiver) = watch::channel(false);
    #[cfg(unix)]
    let (mut interrupt, mut terminate) = {
        use tokio::signal::unix::{SignalKind, signal};
        (
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        )
    };
    tokio::spawn(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        // Without a receiver everything has ended already.
        let _ = sender.send(true);
    });
    Ok(receiver)
}

async fn signalled(ended: &mut watch::Receiver<bool>) {
    if ended.wait_for(|&ended| ended).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The ids of the shipped packs for which figures are shipped as well.
fn shipped() -> Vec<String> {
    let packs = files::shipped_packs().into_iter();
    packs
        .filter(|id| files::DATA.get_file(observations_path(id)).is_some())
        .collect()
}

fn observations_path(id: &str) -> String {
    files::data_path(id, "observations.csv")
}

/// The shipped figures of an index as they stand in the store, in which they are published where
/// they do not stand there yet.
async fn filled(store: &Store, id: &str) -> Result<publish::Computed> {
    let pack = files::pack(id)?;
    let pack_files = files::pack_files(id)?;
    let now = jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string();
    let text = PackText {
        index: pack.id.clone(),
        digest: provenance::pack_digest(&pack_files),
        added_at: now.clone(),
        files: pack_files.files,
    };
    let data = files::DATA
        .get_file(observations_path(id))
        .map(|file| file.contents())
        .unwrap_or_default();
    let source = format!("data/{}", observations_path(id));
    let data_digest = provenance::digest(data);
    let origin = publish::Origin {
        source: &source,
        data_digest: &data_digest,
        now: &now,
    };
    let observations = files::shipped_observations(&pack)?;
    if publish::stands(store, &text, observations.editions(), origin).await? {
        return publish::read(store, id).await;
    }
    // What is published now need not be read and computed once more.
    let computed = publish::Computed::new(&pack, observations)?;
    let published = publish::publish(store, &text, &computed, origin).await?;
    tracing::info!(
        index = id,
        published,
        "the database holds the shipped figures"
    );
    Ok(computed)
}

/// What the site shows of an index.
fn shown(id: &str, computed: publish::Computed) -> Result<IndexData> {
    let data_source = data_source(id, &computed.panel.pack)?;
    let derived = computed.merged.into_iter().map(|panel| DerivedPanel {
        list_id: publish::AFTER.to_owned(),
        rule: Text {
            en: "Derived: the plain mean of the provinces that merged; nobody measured it"
                .to_owned(),
            vi: "Giá trị suy ra: trung bình cộng của các tỉnh sáp nhập, không phải kết quả đo"
                .to_owned(),
        },
        panel,
    });
    let (derived, panel, observations) = (derived.collect(), computed.panel, computed.observations);
    Ok(IndexData {
        panel,
        observations,
        derived,
        data_source,
        is_simulated: simulated_index::original(id).is_some(),
    })
}

/// Whose figures the shipped ones are: the text beside them, or else what the pack says.
fn data_source(id: &str, pack: &Pack) -> Result<Text> {
    let path = files::data_path(id, "source.json");
    let Some(file) = files::DATA.get_file(&path) else {
        let text = |publisher: &str| format!("{publisher} ({})", pack.source);
        return Ok(Text {
            en: text(&pack.publisher.en),
            vi: text(&pack.publisher.vi),
        });
    };
    serde_json::from_slice(file.contents())
        .with_context(|| format!("data/{path}: expected a text in `en` and `vi`"))
}
