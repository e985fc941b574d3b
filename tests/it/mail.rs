//! Mails reach people: through a mail server, even one that was away for a while, or a folder.

use std::fs::{self, File};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Client, Mailpit, Member, SeekaProcess, TestApp, data_folder, free_port};

async fn count(client: &Client, outcome: &str) -> u32 {
    let metrics = client.get("/metrics").await.text().await.unwrap();
    let name = format!("seeka_mails_total{{outcome=\"{outcome}\"}} ");
    metrics.lines().find_map(|line| line.strip_prefix(&name)).map_or(0, |count| count.parse().unwrap())
}

async fn wait_for(client: &Client, outcome: &str, least: u32) {
    for _ in 0..800 {
        if count(client, outcome).await >= least {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no {least} mails are {outcome}");
}

#[tokio::test]
async fn a_mail_goes_through_a_mail_server_to_who_it_is_for() {
    let app = TestApp::get().await;
    let port = free_port();
    let mailpit = Mailpit::start(port, &[]).await;
    let smtp = format!("--smtp-url=smtp://127.0.0.1:{port}");
    let flags =
        [smtp.as_str(), "--mail-from=Seeka <hello@seeka.example>", "--frontend-url=https://tv.example.org/app/"];
    let server = app.sibling(&flags).await;
    let ada = Member::register(&server.viewer(), "ada").await;
    let bob = Member::register(&server.viewer(), "bob").await;
    for member in [&ada, &bob] {
        let mail = mailpit.mail_to(&member.email).await;
        assert_eq!(mail["From"], json!({"Name": "Seeka", "Address": "hello@seeka.example"}));
        assert_eq!((&mail["To"].as_array().unwrap().len(), &mail["Cc"], &mail["Bcc"]), (&1, &json!([]), &json!([])));
        let text = mail["Text"].as_str().unwrap();
        let link = text.lines().find(|line| line.starts_with("https://tv.example.org/app/verify-email?token="));
        let token = link.unwrap_or_else(|| panic!("{text}")).rsplit_once('=').unwrap().1;
        let verify = "mutation($input: VerifyEmailInput!) { verifyEmail(input: $input) { verified } }";
        let answer = server.viewer().send(verify, json!({"input": {"token": token}})).await;
        assert_eq!(answer.data()["verifyEmail"]["verified"], true);
        let verified = member.client.query("{ viewer { emailVerified } }").await.data()["viewer"].clone();
        assert_eq!(verified, json!({"emailVerified": true}));
    }
    wait_for(&server.viewer(), "sent", 2).await;
}

#[tokio::test]
async fn a_mail_waits_for_a_server_that_is_away() {
    let app = TestApp::get().await;
    let port = free_port();
    let server = app.sibling(&[&format!("--smtp-url=smtp://127.0.0.1:{port}")]).await;
    let ada = Member::register(&server.viewer(), "ada").await;
    wait_for(&server.viewer(), "delayed", 1).await;
    let mailpit = Mailpit::start(port, &[]).await;
    mailpit.mail_to(&ada.email).await;
    wait_for(&server.viewer(), "sent", 1).await;
    assert_eq!(mailpit.mails_so_far(&ada.email).await.len(), 1);
}

#[tokio::test]
async fn a_server_that_stops_sends_what_waits() {
    let app = TestApp::get().await;
    let port = free_port();
    let mut server = app.sibling(&[&format!("--smtp-url=smtp://127.0.0.1:{port}")]).await;
    let ada = Member::register(&server.viewer(), "ada").await;
    // The next attempt would be seconds away.
    wait_for(&server.viewer(), "delayed", 2).await;
    let mailpit = Mailpit::start(port, &[]).await;
    server.begin_to_stop();
    server.stopped().await;
    assert_eq!(mailpit.mails_so_far(&ada.email).await.len(), 1);
}

#[tokio::test]
async fn a_mailbox_that_does_not_exist_is_given_up_on_at_once() {
    let app = TestApp::get().await;
    let port = free_port();
    let mailpit = Mailpit::start(port, &["--smtp-allowed-recipients", "^bob"]).await;
    let server = app.sibling(&[&format!("--smtp-url=smtp://127.0.0.1:{port}")]).await;
    Member::register(&server.viewer(), "ada").await;
    wait_for(&server.viewer(), "given_up", 1).await;
    assert_eq!(count(&server.viewer(), "delayed").await, 0);
    // It holds up nobody else.
    let bob = Member::register(&server.viewer(), "bob").await;
    mailpit.mail_to(&bob.email).await;
}

#[tokio::test]
async fn what_is_given_up_on_stands_in_the_log_without_address_and_token() {
    let app = TestApp::get().await;
    let data = data_folder("mail");
    fs::create_dir_all(&data).unwrap();
    let path = format!("{data}/log");
    let smtp = format!("smtp://127.0.0.1:{}", free_port());
    let variables = [&app.neo4j()[..], &[("SMTP_URL", smtp.as_str())]].concat();
    let arguments = ["--data", data.as_str(), "--log", "debug", "--seed", "never"];
    let server = SeekaProcess::start_with(&arguments, &variables, File::create(&path).unwrap()).await;
    let ada = Member::register(&server.client(), "ada").await;
    wait_for(&server.client(), "delayed", 1).await;
    server.signal(Signal::TERM);
    assert_eq!(server.end().await, Some(0));
    let log = fs::read_to_string(&path).unwrap();
    let given_up: Vec<_> = log.lines().filter(|line| line.contains("a mail is given up on")).collect();
    assert!(given_up.len() == 1 && given_up[0].contains("ERROR"), "{given_up:?}");
    assert!(log.contains("Connection refused"), "the log says why");
    assert!(!log.contains(&ada.email) && !log.contains("token="), "the log tells on Ada");
    assert!(!log.contains(&ada.refresh_token) && !log.contains(&ada.access_token));
}

#[tokio::test]
async fn without_a_mail_server_mails_are_files_and_the_log_says_where() {
    let app = TestApp::get().await;
    let data = data_folder("mail folder");
    fs::create_dir_all(&data).unwrap();
    let path = format!("{data}/log");
    let arguments = ["--data", data.as_str(), "--seed", "never", "--public-url", "https://seeka.example"];
    let server = SeekaProcess::start_with(&arguments, &app.neo4j(), File::create(&path).unwrap()).await;
    let ada = Member::register(&server.client(), "ada").await;
    wait_for(&server.client(), "sent", 1).await;
    server.signal(Signal::TERM);
    assert_eq!(server.end().await, Some(0));
    let files: Vec<_> = fs::read_dir(format!("{data}/mail")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    let text = fs::read_to_string(&files[0]).unwrap();
    assert!(text.contains(&format!("To: {}\r\n", ada.email)), "{text}");
    assert!(text.contains("\r\nhttps://seeka.example/verify-email?token="), "{text}");
    let log = fs::read_to_string(&path).unwrap();
    assert!(log.contains(files[0].to_str().unwrap()), "{log}");
    assert!(!log.contains(&ada.email), "{log}");
}

#[tokio::test]
async fn a_way_that_mails_cannot_go_is_one_line_at_the_start() {
    for (variable, value, should_be) in [
        ("SMTP_URL", "mail.example.org", "an address such as smtps://"),
        ("SMTP_URL", "http://mail.example.org", "an address such as smtps://"),
        ("SMTP_URL", "smtp://mail.example.org?tls=maybe", "an address such as smtps://"),
        ("SMTP_URL_FILE", "/dev/null", "a readable file with one line, an address such as smtps://"),
        ("SEEKA_MAIL_FROM", "Seeka", "a sender such as"),
        ("SEEKA_FRONTEND_URL", "tv.example.org", "an address such as https://"),
    ] {
        let (code, _, err) = SeekaProcess::run(&[], &[(variable, value)]).await;
        assert_eq!((code, err.lines().count()), (Some(2), 1), "{err}");
        assert!(err.starts_with(variable) && err.contains(should_be), "{err}");
    }
    let secret = ("SMTP_URL", "smtp://hunter2:hunter2");
    let (code, _, err) = SeekaProcess::run(&[], &[secret]).await;
    assert!(code == Some(2) && !err.contains("hunter2"), "{err}");

    // A container that may write nothing, and knows no mail server.
    let app = TestApp::get().await;
    let keys = format!("{}/signing-keys.pem", app.data());
    let others =
        [("S3_BUCKET", "bucket"), ("SEEKA_SIGNING_KEYS_FILE", keys.as_str()), ("SEEKA_DATA", "/dev/null/seeka")];
    let variables = [&app.neo4j()[..], &others].concat();
    let (code, _, err) = SeekaProcess::run(&["--addr", "127.0.0.1:0", "--log", "off"], &variables).await;
    assert_eq!((code, err.lines().count()), (Some(1), 1), "{err}");
    assert!(err.starts_with("SMTP_URL is not set") && err.contains("/dev/null/seeka/mail"), "{err}");
}

#[tokio::test]
async fn an_answer_says_nothing_of_the_mail() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let query = "mutation($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) {
        requested userErrors { code } clientMutationId } }";
    let mut answers = Vec::new();
    for email in [ada.email.as_str(), "nobody@example.org", "no address"] {
        let input = json!({"input": {"email": email, "clientMutationId": "1"}});
        answers.push(app.viewer().send(query, input).await.body);
    }
    let payload = json!({"requested": true, "userErrors": [], "clientMutationId": "1"});
    let told: Vec<&Value> = answers.iter().map(|answer| &answer["data"]["requestPasswordReset"]).collect();
    assert_eq!(told, [&payload, &payload, &payload]);
    app.mail_to(&ada.email, "reset-password").await;
    assert!(app.mails_so_far("nobody@example.org").is_empty());
    assert!(app.mails_so_far("nobody@seeka.invalid").is_empty());
}
