//! What a client can do to hurt the server, done to a process of its own: what is small to send and large to answer, and
//! connections that are slow, silent or given up. Each attack is refused or answered within a bound of the server's CPU
//! time, its memory is flat in the end, and somebody who just reads the catalogue meanwhile is not cut off.
//!
//! `cargo test --test it attacks:: -- --nocapture` shows what each of them cost.

mod connections;
mod corpus;
mod process;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::future::join_all;
use serde_json::Value;
use tokio::time::sleep;

use self::connections::{Misuse, hang_up, misuse};
use self::corpus::Attack;
use self::process::Observed;
use crate::support::{Client, SeekaProcess, TestApp};

const FLAGS: &[&str] = &[
    "--log=error",
    // Every attack shall cost what it costs, and not be refused because of the one before it.
    "--budget-points=0",
    // The reader comes from another address than the attackers.
    "--trusted-proxies=127.0.0.0/8",
    // On a busy machine Neo4j is slow by itself. None of the attacks needs these limits to be bounded.
    "--neo4j-statement-timeout-ms=60000",
    "--execution-timeout-ms=60000",
    "--neo4j-acquire-timeout-ms=30000",
    // So that nobody has to wait long to see slow requests end.
    "--receive-timeout-ms=2000",
];
/// The most CPU time of one attack. A build without optimisation takes about ten times as long for the same.
const CPU_LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });
/// How much more memory the server may hold in the end, in MiB: what the allocator keeps of it for later.
const MEMORY_LIMIT: u64 = 96;
/// How long a reader reads in peace, for comparison.
const PEACE: Duration = Duration::from_secs(3);
/// How many attacks are on their way at once while a reader reads.
const AT_ONCE: usize = 4;
/// How long requests are sent slowly, unless the server ends them.
const SLOWNESS: Duration = Duration::from_secs(90);
/// How long connections say nothing, or nobody reads what the server has to say.
const SILENCE: Duration = Duration::from_secs(4);
const IDLE_CONNECTIONS: usize = 1_000;
const SLOW_CONNECTIONS: usize = 50;
const HANG_UPS: usize = 200;
/// Larger bodies may be cut off on their way, which clients report as they like.
const LARGE_BODY: usize = 2_000_000;

/// The codes of requests that are refused.
const CODES: [&str; 6] =
    ["BAD_USER_INPUT", "NOT_FOUND", "QUERY_TOO_COMPLEX", "RATE_LIMITED", "SERVICE_UNAVAILABLE", "TIMED_OUT"];

const READING: &str = "{ episodes(first: 5) { nodes { title series { title } } } }";
/// As heavy as one operation may be.
const HEAVY: &str = r#"{"query":"{ episodes(first: 100) { nodes { title tags { nodes { name } } credits { nodes { role person { name credits(first: 10) { nodes { role } } } } } series { episodes(first: 20) { nodes { title } } } } } }"}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attacks_are_bounded_and_readers_go_on() {
    let app = TestApp::apart().await;
    let server = SeekaProcess::start(&[&app.bare_addresses()[..], FLAGS].concat()).await;
    let (process, client) = (Observed(server.id()), server.client());
    let reader = server.client().with_header("x-forwarded-for", "192.0.2.1");
    warm_up(&client).await;

    let memory = process.mebibytes("VmRSS");
    let mut too_much = Vec::new();
    for attack in corpus::all() {
        let before = process.settled_cpu(CPU_LIMIT).await;
        let started = Instant::now();
        let outcome = strike(&client, &attack).await;
        let elapsed = started.elapsed();
        let cpu = process.settled_cpu(CPU_LIMIT).await.saturating_sub(before);
        println!(
            "{:>6} ms CPU {:>6} ms {:>8} bytes  {:<45} {}",
            cpu.as_millis(),
            elapsed.as_millis(),
            attack.body.len(),
            attack.name,
            outcome.as_deref().unwrap_or_else(|wrong| wrong)
        );
        if let Err(wrong) = outcome {
            too_much.push(format!("{}: {wrong}", attack.name));
        }
        if cpu > CPU_LIMIT {
            too_much.push(format!("{}: {cpu:?} of CPU time", attack.name));
        }
    }

    println!("memory: {memory} MiB before, {} MiB after the corpus", process.mebibytes("VmRSS"));
    let peace = read_until(&reader, sleep(PEACE)).await;
    let war = read_until(&reader, join_war(&server, process)).await;
    println!("a reader in peace: {peace}\na reader in war:   {war}");
    let before = process.cpu();
    let rest = process.settled_cpu(CPU_LIMIT).await.saturating_sub(before);
    println!("{rest:?} of CPU time after the last client had gone");
    let (most, now) = (process.mebibytes("VmHWM"), process.mebibytes("VmRSS"));
    println!("memory: {memory} MiB before, {now} MiB after, {most} MiB at most");

    assert!(too_much.is_empty(), "{} attacks hurt: {too_much:#?}", too_much.len());
    assert!(war.times.len() >= 10, "the reader was held up: {war}");
    assert_eq!((peace.failures, war.failures), (0, 0), "the reader was cut off");
    assert!(now <= memory + MEMORY_LIMIT, "the server has grown from {memory} to {now} MiB");
    assert!(rest < CPU_LIMIT, "the server still works for clients that have gone");
}

/// Has the usual statements planned, and the allocator get the memory that it keeps.
async fn warm_up(client: &Client) {
    for _ in 0..20 {
        let answers = [READING, "{ __typename }"].map(|query| client.query(query));
        join_all(answers).await;
    }
    let _ = client.post("application/json", HEAVY).await;
}

/// Sends a request of the corpus: how it was answered or refused, or what is wrong with the answer.
async fn strike(client: &Client, attack: &Attack) -> Result<String, String> {
    let request = client.request(reqwest::Method::POST, "/graphql");
    let request =
        request.header("content-type", "application/json").header("accept", "application/graphql-response+json");
    let response = match request.body(attack.body.clone()).send().await {
        Ok(response) => response,
        Err(_) if attack.body.len() > LARGE_BODY => return Ok("cut off".to_owned()),
        Err(error) => return Err(format!("no answer: {error}")),
    };
    let status = response.status().as_u16();
    let text = response.text().await.map_err(|error| format!("half an answer: {error}"))?;
    let body: Value = serde_json::from_str(&text).map_err(|_| format!("{status} without JSON"))?;
    let answers = body.as_array().cloned().unwrap_or_else(|| vec![body]);
    let errors = answers.iter().flat_map(|answer| answer["errors"].as_array().into_iter().flatten());
    let codes: Vec<_> = errors.map(|error| error["extensions"]["code"].as_str().unwrap_or("no code")).collect();
    let shown = format!("{status} {} bytes {}", text.len(), codes.first().unwrap_or(&"answered"));
    let refused = (400..500).contains(&status) || status == 503;
    let sound = status == 200 || (refused && !codes.is_empty());
    if sound && codes.iter().all(|code| CODES.contains(code)) { Ok(shown) } else { Err(shown) }
}

/// All attacks at once, and all misused connections.
async fn join_war(server: &SeekaProcess, process: Observed) {
    let client = server.client();
    let address = server.base.trim_start_matches("http://").to_owned();
    let attacks = corpus::all();
    let striking = futures::stream::iter(&attacks).for_each_concurrent(AT_ONCE, async |attack| {
        let _ = strike(&client, attack).await;
    });
    let before = process.cpu();
    striking.await;
    println!("all at once: {:?} of CPU time", process.cpu().saturating_sub(before));

    let many = async |how, count, time| {
        let ended = join_all((0..count).map(|_| misuse(address.clone(), how, time))).await;
        ended.into_iter().filter(|ended| *ended).count()
    };
    let before = process.cpu();
    let (_, heads, bodies, _) = tokio::join!(
        many(Misuse::Idle, IDLE_CONNECTIONS, SILENCE),
        many(Misuse::SlowHead, SLOW_CONNECTIONS, SLOWNESS),
        many(Misuse::SlowBody, SLOW_CONNECTIONS, SLOWNESS),
        many(Misuse::Deaf, SLOW_CONNECTIONS, SILENCE),
    );
    println!("idle, slow and deaf connections: {:?} of CPU time", process.cpu().saturating_sub(before));
    assert_eq!((heads, bodies), (SLOW_CONNECTIONS, SLOW_CONNECTIONS), "slow requests that were ended");

    let before = process.cpu();
    let hang_ups = futures::stream::iter(0..HANG_UPS).for_each_concurrent(AT_ONCE, |n| {
        let after = Duration::from_millis(u64::try_from(n % 40).unwrap_or_default());
        hang_up(&address, HEAVY, after)
    });
    hang_ups.await;
    println!("{HANG_UPS} hang-ups: {:?} of CPU time", process.cpu().saturating_sub(before));
}

/// What somebody met who read the catalogue.
struct Reading {
    /// How long each answer took, the shortest first.
    times: Vec<Duration>,
    failures: usize,
}

impl std::fmt::Display for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = |percent: usize| self.times.get(self.times.len() * percent / 100).copied().unwrap_or_default();
        let last = self.times.last().copied().unwrap_or_default();
        write!(
            f,
            "{} answers, {} failures, median {:?}, p99 {:?}, longest {last:?}",
            self.times.len(),
            self.failures,
            at(50),
            at(99)
        )
    }
}

/// Reads the catalogue again and again until something has ended.
async fn read_until(client: &Client, end: impl Future<Output = ()>) -> Reading {
    let ended = Arc::new(AtomicBool::new(false));
    let (reader, has_ended) = (client.clone(), Arc::clone(&ended));
    let reading = tokio::spawn(async move {
        let mut reading = Reading { times: Vec::new(), failures: 0 };
        while !has_ended.load(Ordering::Relaxed) {
            let started = Instant::now();
            let answer = reader.query(READING).await;
            reading.times.push(started.elapsed());
            if answer.status != 200 || !answer.codes().is_empty() {
                println!("the reader got {:?}", answer.codes());
                reading.failures += 1;
            }
            sleep(Duration::from_millis(20)).await;
        }
        reading.times.sort();
        reading
    });
    end.await;
    ended.store(true, Ordering::Relaxed);
    reading.await.expect("the reader does not panic")
}
