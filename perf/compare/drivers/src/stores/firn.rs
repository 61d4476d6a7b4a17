//! Firn over HTTP/1.1, one kept connection a client.

use std::process::ExitCode;
use std::sync::Arc;

use bytes::Bytes;
use firn_compare::Result;
use firn_compare::command_line::Options;
use firn_compare::event::{EVENT_TYPE, Event, Fold, State, Stream, note};
use firn_compare::store::{Appended, Known, Mark, Store, cannot};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Channel, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;

type Body = BoxBody<Bytes, std::convert::Infallible>;

/// Events of one page: the most that a server gives by default.
const PAGE: usize = 10_000;

const NDJSON: &str = "application/x-ndjson";

struct Firn {
    authority: Arc<str>,
    connection: SendRequest<Body>,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    data: Event<'a>,
    #[serde(default)]
    position: u64,
}

#[derive(Deserialize)]
struct StateAnswer {
    state: State,
}

impl Firn {
    fn request(&self, method: Method, path: &str) -> hyper::http::request::Builder {
        Request::builder().method(method).uri(path).header("host", &*self.authority)
    }

    fn post(&self, path: &str) -> hyper::http::request::Builder {
        self.request(Method::POST, path).header("content-type", "application/json")
    }

    fn append_request(&self, stream: &Stream, expected: Mark, events: &[Event<'_>]) -> Result<Request<Body>> {
        let mut text = Vec::with_capacity(events.len() * 280 + 16);
        if let [event] = events {
            write_event(event, &mut text);
        } else {
            text.extend_from_slice(br#"{"events":["#);
            for event in events {
                write_event(event, &mut text);
                text.push(b',');
            }
            text.pop();
            text.extend_from_slice(b"]}");
        }
        let post = self.post(&events_path(stream));
        let post = match expected {
            0 => post.header("if-none-match", "*"),
            version => post.header("if-match", format!("\"{version}\"")),
        };
        Ok(post.body(full(text))?)
    }

    async fn send(&mut self, request: Request<Body>) -> Result<Response<Incoming>> {
        self.connection.ready().await?;
        Ok(self.connection.send_request(request).await?)
    }

    async fn answer(&mut self, request: Request<Body>) -> Result<(hyper::http::response::Parts, Bytes)> {
        let (head, body) = self.send(request).await?.into_parts();
        Ok((head, body.collect().await?.to_bytes()))
    }
}

fn full(text: Vec<u8>) -> Body {
    Full::new(Bytes::from(text)).boxed()
}

fn empty() -> Body {
    full(Vec::new())
}

fn unexpected<T>(status: StatusCode, body: &[u8]) -> Result<T> {
    Err(format!("{status}: {}", String::from_utf8_lossy(&body[..body.len().min(400)])).into())
}

fn write_event(event: &Event, out: &mut Vec<u8>) {
    out.extend_from_slice(br#"{"type":""#);
    out.extend_from_slice(EVENT_TYPE.as_bytes());
    out.extend_from_slice(br#"","data":"#);
    event.write(out);
    out.push(b'}');
}

fn events_path(stream: &Stream) -> String {
    format!("/v1/streams/{}/{}/events", stream.category, stream.id)
}

/// Calls `see` for each whole line of a body that arrives in pieces.
async fn each_line(mut body: Incoming, mut see: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let mut rest: Vec<u8> = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        let mut piece = &data[..];
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            if rest.is_empty() {
                see(&piece[..end])?;
            } else {
                rest.extend_from_slice(&piece[..end]);
                see(&rest)?;
                rest.clear();
            }
            piece = &piece[end + 1..];
        }
        rest.extend_from_slice(piece);
    }
    if rest.is_empty() { Ok(()) } else { see(&rest) }
}

impl Store for Firn {
    type Hub = Arc<str>;

    async fn open(options: &Options) -> Result<Arc<str>> {
        Ok(options.url.trim_start_matches("http://").into())
    }

    async fn client(authority: &Arc<str>, _: usize) -> Result<Firn> {
        let socket = TcpStream::connect(&**authority).await?;
        socket.set_nodelay(true)?;
        let (connection, running) = handshake(TokioIo::new(socket)).await?;
        tokio::spawn(running);
        Ok(Firn { authority: authority.clone(), connection })
    }

    async fn append(&mut self, stream: &Stream, expected: Mark, events: &[Event<'_>]) -> Result<Appended> {
        let (head, body) = self.answer(self.append_request(stream, expected, events)?).await?;
        match head.status {
            StatusCode::CREATED => {
                let tag = head.headers.get("etag").ok_or("no ETag")?.to_str()?;
                let version: u64 = tag.trim_matches('"').parse()?;
                if version != expected + events.len() as u64 {
                    return Err(format!("{version} follows {expected}").into());
                }
                Ok(Appended::At(version))
            }
            StatusCode::PRECONDITION_FAILED => Ok(Appended::Conflict),
            status => unexpected(status, &body),
        }
    }

    async fn ask(&mut self, stream: &Stream, event: &Event<'_>) -> Result<()> {
        match self.answer(self.append_request(stream, 1, std::slice::from_ref(event))?).await? {
            (head, _) if head.status == StatusCode::CREATED => Ok(()),
            (head, body) => unexpected(head.status, &body),
        }
    }

    async fn read(&mut self, stream: &Stream, after: Mark, fold: &mut Fold) -> Result<Mark> {
        let mut at = after;
        loop {
            let path = format!("{}?from={}&limit={PAGE}", events_path(stream), at + 1);
            let get = self.request(Method::GET, &path).header("accept", NDJSON);
            let answer = self.send(get.body(empty())?).await?;
            if answer.status() != StatusCode::OK {
                return unexpected(answer.status(), b"reading a stream");
            }
            let more = answer.headers().contains_key("link");
            each_line(answer.into_body(), |line| {
                let line: Line = serde_json::from_slice(line)?;
                fold.see(line.data.number, line.data.amount, line.data.total);
                at += 1;
                Ok(())
            })
            .await?;
            if !more {
                return Ok(at);
            }
        }
    }

    async fn read_all(&mut self, see: &mut (dyn FnMut(&Event<'_>) + Send)) -> Result<u64> {
        let answer = self.send(self.request(Method::GET, "/v1/export").body(empty())?).await?;
        let (mut count, mut last) = (0, 0);
        each_line(answer.into_body(), |line| {
            let line: Line = serde_json::from_slice(line)?;
            if line.position <= last {
                return Err(format!("position {} follows {last}", line.position).into());
            }
            last = line.position;
            count += 1;
            see(&line.data);
            Ok(())
        })
        .await?;
        Ok(count)
    }

    async fn transfer(&mut self, legs: [(&mut Known, &Event<'_>); 2]) -> Result<bool> {
        let mut text = br#"{"appends":["#.to_vec();
        for (known, event) in &legs {
            let Stream { category, id } = &known.stream;
            let stream = format!(r#"{{"stream":{{"category":"{category}","id":"{id}"}},"expected_version":"#);
            text.extend_from_slice(stream.as_bytes());
            text.extend_from_slice(format!(r#"{},"events":["#, known.mark).as_bytes());
            write_event(event, &mut text);
            text.extend_from_slice(b"]},");
        }
        text.pop();
        text.extend_from_slice(b"]}");
        let (head, body) = self.answer(self.post("/v1/transactions").body(full(text))?).await?;
        match head.status {
            StatusCode::CREATED => {
                for (known, _) in legs {
                    known.mark += 1;
                }
                Ok(true)
            }
            StatusCode::CONFLICT => Ok(false),
            status => unexpected(status, &body),
        }
    }

    /// Firn decides by itself; there is nothing to retry.
    async fn command(&mut self, known: &mut Known, amount: u64) -> Result<u64> {
        let Stream { category, id } = &known.stream;
        let note = note(1_000_000, amount, 100_000_000, 0);
        let text = format!(r#"{{"type":"Add","data":{{"amount":{amount},"note":"{note}"}}}}"#);
        let post = self.post(&format!("/v1/streams/{category}/{id}/commands"));
        let (head, body) = self.answer(post.body(full(text.into_bytes()))?).await?;
        match head.status {
            StatusCode::CREATED => Ok(1),
            status => unexpected(status, &body),
        }
    }

    async fn state(&mut self, stream: &Stream) -> Result<State> {
        let path = format!("/v1/streams/{}/{}/state", stream.category, stream.id);
        let (head, body) = self.answer(self.request(Method::GET, &path).body(empty())?).await?;
        match head.status {
            StatusCode::OK => Ok(serde_json::from_slice::<StateAnswer>(&body)?.state),
            status => unexpected(status, &body),
        }
    }

    async fn import(&mut self, streams: Vec<(Stream, Vec<Event<'static>>)>) -> Result<()> {
        let (mut lines, body) = Channel::<Bytes>::new(4);
        let post = self.request(Method::POST, "/v1/import").header("content-type", NDJSON);
        let request = post.body(body.boxed())?;
        let writing = tokio::spawn(async move {
            let mut text = Vec::new();
            for (Stream { category, id }, events) in streams {
                for event in events {
                    text.extend_from_slice(format!(r#"{{"type":"{EVENT_TYPE}","data":"#).as_bytes());
                    event.write(&mut text);
                    let stream = format!(r#"{{"category":"{category}","id":"{id}"}}"#);
                    let rest = format!(r#","version":{},"stream":{stream}}}"#, event.number);
                    text.extend_from_slice(rest.as_bytes());
                    text.push(b'\n');
                    if text.len() > 256 * 1024 && lines.send_data(std::mem::take(&mut text).into()).await.is_err() {
                        return;
                    }
                }
            }
            let _ = lines.send_data(text.into()).await;
        });
        let (head, body) = self.answer(request).await?;
        writing.await?;
        let last = body.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        if head.status == StatusCode::OK && last.starts_with(br#"{"done":true"#) {
            return Ok(());
        }
        cannot(&format!("import: {}", String::from_utf8_lossy(last)))
    }
}

fn main() -> ExitCode {
    firn_compare::drive::<Firn>("firn")
}
