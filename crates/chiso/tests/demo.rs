//! `chiso demo` from outside: a process, a port, pages.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// A bound for machines of any speed; how long a start takes is measured by `ci/figures`, not here.
const START: Duration = Duration::from_secs(200);
const WAIT: Duration = Duration::from_secs(10);

/// A running demo, ended with the test.
struct Demo {
    child: Child,
    address: SocketAddr,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    fn start(folder: &Path, arguments: &[&str]) -> Demo {
        let mut child = command(folder)
            .args(arguments)
            .spawn()
            .expect("the program starts");
        let (sender, receiver) = mpsc::channel();
        let out = child.stdout.take().expect("a pipe");
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(out).read_line(&mut line);
            let _ = sender.send(read.map(|_| line));
        });
        let mut demo = Demo {
            child,
            address: ([127, 0, 0, 1], 0).into(),
        };
        let line = receiver
            .recv_timeout(START)
            .expect("an address in time")
            .expect("a line");
        let address = line
            .strip_prefix("Chiso demo: http://")
            .and_then(|rest| rest.strip_suffix("/\n"));
        demo.address = address
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("{line:?}"));
        demo
    }

    /// A page, with redirections on the same host followed: its status line, head and body.
    fn get(&self, path: &str) -> Page {
        let mut page = self.get_once(path);
        for _ in 0..3 {
            let Some(next) = page.header("location").filter(|_| page.status / 100 == 3) else {
                break;
            };
            page = self.get_once(&next);
        }
        page
    }

    fn get_once(&self, path: &str) -> Page {
        let mut stream = TcpStream::connect_timeout(&self.address, WAIT).expect("a connection");
        stream.set_read_timeout(Some(WAIT)).expect("a limit");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        )
        .expect("sent");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer in time");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .expect("a status");
        Page {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    fn signal(&mut self, name: &str) -> ExitStatus {
        let sent = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status();
        assert!(sent.expect("kill runs").success());
        let until = Instant::now() + WAIT;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the demo still runs {WAIT:?} after {name}");
    }
}

struct Page {
    status: u16,
    head: String,
    body: String,
}

impl Page {
    fn header(&self, name: &str) -> Option<String> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    }
}

/// The demo in an empty folder, which is its folder for temporary files as well.
fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chiso"));
    command
        .current_dir(folder)
        .arg("demo")
        .env_remove("CHISO_PORT")
        .env("TMPDIR", folder);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn the_first_page_from_an_empty_folder_shows_real_provinces() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(folder.path(), &["--port", "0"]);
    let page = demo.get("/");
    assert_eq!(page.status, 200, "{}", page.head);
    for expected in ["</html>", "Hưng Yên", "Hải Phòng", "2024", "PAPI", "<svg"] {
        assert!(
            page.body.contains(expected),
            "no {expected} on the first page"
        );
    }
}

#[test]
fn a_request_to_terminate_ends_it_with_success_and_leaves_no_file() {
    for name in ["TERM", "INT"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut demo = Demo::start(folder.path(), &["--port", "0"]);
        assert_ne!(
            files(folder.path()),
            [""; 0],
            "its database is in the folder for temporary files"
        );
        // A connection that sends half a request must not keep it from ending.
        let mut idle = TcpStream::connect(demo.address).expect("a connection");
        idle.write_all(b"GET / HTT").expect("sent");
        let status = demo.signal(name);
        assert!(status.success(), "{name}: {status}");
        assert_eq!(files(folder.path()), [""; 0], "{name}");
    }
}

#[test]
fn a_given_folder_is_filled_once_and_used_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--port", "0", "--dir", "site/data"];
    let data = folder.path().join("site/data");
    let mut fills = Vec::new();
    for _ in 0..2 {
        let mut demo = Demo::start(folder.path(), &arguments);
        assert_eq!(demo.get("/healthz").status, 200);
        assert!(demo.signal("TERM").success());
        assert_eq!(
            files(&data),
            ["chiso.db"],
            "the write-ahead log is folded in"
        );
        fills.push(fs::read(data.join("chiso.db")).expect("a database"));
    }
    assert!(fills[0].len() > 1_000_000, "{} bytes", fills[0].len());
    assert!(
        fills[0] == fills[1],
        "the second start changed the database"
    );
}

#[test]
fn a_damaged_database_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--port", "0", "--dir", "."];
    assert!(
        Demo::start(folder.path(), &arguments)
            .signal("TERM")
            .success()
    );
    let path = folder.path().join("chiso.db");
    let mut bytes = fs::read(&path).expect("a database");
    bytes[..16].copy_from_slice(b"edition,unit,nod");
    fs::write(&path, bytes).expect("written");
    let output = command(folder.path())
        .args(arguments)
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        message.contains("chiso.db: cannot be opened as a database"),
        "{message}"
    );
}

#[test]
fn an_own_map_takes_the_place_of_the_shipped_one_and_a_wrong_one_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let shipped = include_str!("../../../data/map/vn-63.json");
    let own = folder.path().join("own.json");
    let own_argument = own.to_string_lossy().into_owned();
    fs::write(&own, shipped.replace("simplified", "drawn by our office")).expect("written");
    let demo = Demo::start(folder.path(), &["--map", &own_argument]);
    let page = demo.get("/en/papi/2024");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("drawn by our office"));
    drop(demo);

    fs::write(&own, shipped.replace("\"code\":\"33\"", "\"code\":\"99\"")).expect("written");
    let output = command(folder.path())
        .args(["--map", &own_argument])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        message.contains("own.json") && message.contains("no unit 33"),
        "{message}"
    );
}

#[test]
fn a_taken_port_is_an_error_that_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let holder = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = holder.local_addr().expect("an address").port().to_string();
    let by_option = command(folder.path())
        .args(["--port", &port])
        .output()
        .expect("it runs");
    let by_variable = command(folder.path())
        .env("CHISO_PORT", &port)
        .output()
        .expect("it runs");
    for output in [by_option, by_variable] {
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(
            message.contains(&format!("port {port}: found it taken")),
            "{message}"
        );
        assert!(output.stdout.is_empty());
    }
    assert_eq!(files(folder.path()), [""; 0]);
}

#[test]
fn without_a_port_it_finds_one_even_if_the_usual_one_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    // Whether this test or another program holds the usual port, the demo finds it taken.
    let _holder = TcpListener::bind("127.0.0.1:8080");
    let demo = Demo::start(folder.path(), &[]);
    assert_ne!(demo.address.port(), 8080);
    assert!(demo.address.ip().is_loopback());
    assert_eq!(demo.get("/healthz").status, 200);
}
