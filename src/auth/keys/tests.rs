#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::ring::Ring;
use super::{Keys, KeysFailure};
use crate::auth::{PlatformRole, SignedIn, SignedInBy};
use crate::error::Error;
use crate::id::{SessionId, UserId};

const ISSUER: &str = "https://tv.example.org";
const LIFETIME: Duration = Duration::from_mins(15);

/// A folder of its own for the test `name`.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("seeka-keys-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn keys(name: &str) -> (Keys, PathBuf) {
    let path = folder(name).join("signing-keys.pem");
    let _ = fs::remove_file(&path);
    (Keys::read_or_make(&path, ISSUER).unwrap(), path)
}

fn user() -> SignedIn {
    let roles = vec![PlatformRole::DataScientist];
    SignedIn { id: UserId::generate(), by: SignedInBy::Session(SessionId::generate()), roles }
}

fn issued(keys: &Keys) -> String {
    keys.issue(&user(), Utc::now(), LIFETIME).unwrap().token
}

fn holds(keys: &Keys, token: &str) -> bool {
    match keys.check(token) {
        Ok(_) => true,
        Err(Error::Unauthenticated(_)) => false,
        Err(other) => panic!("{other}: {token}"),
    }
}

/// The claims of a token that would hold, with changes.
fn claims(changes: &Value) -> Value {
    let now = Utc::now().timestamp();
    let mut claims =
        json!({"iss": ISSUER, "aud": "seeka", "sub": UserId::generate(), "iat": now, "exp": now + 900, "roles": []});
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

/// A token with a header and a signing key of any kind.
fn forged(header: &Value, claims: &Value, key: impl FnOnce(&str) -> String) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = key(&message);
    format!("{message}.{signature}")
}

fn signed(pem: &str, header: &Value, claims: &Value) -> String {
    let key = EncodingKey::from_ed_der(&private_key(pem));
    let sign = |message: &str| jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::EdDSA).unwrap();
    forged(header, claims, sign)
}

fn private_key(pem: &str) -> Vec<u8> {
    STANDARD.decode(pem.lines().nth(1).unwrap()).unwrap()
}

fn hmac(secret: &[u8], header: &Value, claims: &Value) -> String {
    let key = EncodingKey::from_secret(secret);
    let sign = |message: &str| jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    forged(header, claims, sign)
}

#[test]
fn a_token_says_who_asks() {
    let (keys, _) = keys("a_token_says_who_asks");
    let user = user();
    let issued = keys.issue(&user, Utc::now(), LIFETIME).unwrap();
    assert_eq!(keys.check(&issued.token).unwrap(), user);
    let header = jsonwebtoken::decode_header(&issued.token).unwrap();
    assert_eq!((header.alg, header.typ.as_deref()), (Algorithm::EdDSA, Some("at+jwt")));
    assert_eq!(header.kid.as_ref(), Some(&keys.public()[0].kid));
    assert!(!holds(&keys, &keys.issue(&user, Utc::now() - TimeDelta::minutes(16), LIFETIME).unwrap().token));
}

#[test]
fn the_public_key_is_that_of_the_rfc() {
    // RFC 8037, appendices A.1 to A.3, with the private key in PKCS #8.
    let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    let pkcs8 = [&[48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32], &*seed].concat();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(pkcs8));
    let path = folder("the_public_key_is_that_of_the_rfc").join("keys.pem");
    fs::write(&path, &pem).unwrap();
    let public = serde_json::to_value(Keys::read(&path, ISSUER).unwrap().public()).unwrap();
    let key = json!({
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "use": "sig", "alg": "EdDSA",
    });
    assert_eq!(public, json!([key]));
    assert_eq!(Ring::parse(&pem, &path).unwrap().pem(), pem);
}

#[test]
fn no_other_algorithm_and_no_other_key_is_taken() {
    let (keys, path) = keys("no_other_algorithm");
    let pem = fs::read_to_string(&path).unwrap();
    let kid = keys.public()[0].kid.clone();
    let x = serde_json::to_value(keys.public()).unwrap()[0]["x"].as_str().unwrap().to_owned();
    let good = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": kid});
    let header = |name: &str, value: Value| {
        let mut header = good.clone();
        header[name] = value;
        header
    };
    let without = |name: &str| {
        let mut header = good.clone();
        header.as_object_mut().unwrap().remove(name);
        header
    };
    let plain = claims(&json!({}));
    // What the forgeries differ from.
    assert!(holds(&keys, &signed(&pem, &good, &plain)));
    assert!(holds(&keys, &signed(&pem, &header("typ", json!("AT+JWT")), &plain)));

    for algorithm in ["none", "None", "NONE", "nOnE", "HS256", "ES256", "RS256", "Ed448", "", "EDDSA"] {
        let header = header("alg", json!(algorithm));
        assert!(!holds(&keys, &forged(&header, &plain, |_| String::new())), "{algorithm}");
        assert!(!holds(&keys, &signed(&pem, &header, &plain)), "{algorithm}");
    }
    // The public key as the secret of an HMAC, in every form that somebody has it in.
    let raw = URL_SAFE_NO_PAD.decode(&x).unwrap();
    let spki = STANDARD.encode([&[48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0], &*raw].concat());
    let public_pem = format!("-----BEGIN PUBLIC KEY-----\n{spki}\n-----END PUBLIC KEY-----\n");
    for secret in [&*raw, x.as_bytes(), public_pem.as_bytes(), public_pem.trim_end().as_bytes(), spki.as_bytes(), b""] {
        for header in [header("alg", json!("HS256")), json!({"alg": "HS256", "typ": "at+jwt"}), good.clone()] {
            assert!(!holds(&keys, &hmac(secret, &header, &plain)), "{header}");
        }
    }
    // Its own key in the header, and another key with the right id.
    let other = Ring::rotated(None).unwrap();
    let jwk = serde_json::to_value(other.public()).unwrap()[0].clone();
    assert!(!holds(&keys, &signed(&other.pem(), &good, &plain)));
    assert!(!holds(&keys, &signed(&other.pem(), &header("jwk", jwk.clone()), &plain)));
    assert!(!holds(&keys, &signed(&other.pem(), &header("kid", jwk["kid"].clone()), &plain)));
    for wrong in [
        without("kid"),
        header("kid", json!("")),
        header("kid", json!("../../../etc/passwd")),
        header("kid", json!(7)),
        without("typ"),
        header("typ", json!("JWT")),
        header("crit", json!([])),
        header("crit", json!(["exp"])),
        without("alg"),
    ] {
        assert!(!holds(&keys, &signed(&pem, &wrong, &plain)), "{wrong}");
    }
}

#[test]
fn every_claim_is_checked() {
    let (keys, path) = keys("every_claim_is_checked");
    let pem = fs::read_to_string(&path).unwrap();
    let header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": keys.public()[0].kid});
    let now = Utc::now().timestamp();
    let token = |changes: Value| signed(&pem, &header, &claims(&changes));
    assert!(holds(&keys, &token(json!({"nbf": now - 60}))));
    // The clocks of two servers differ a little.
    assert!(holds(&keys, &token(json!({"exp": now - 2, "nbf": now + 2}))));
    for wrong in [
        json!({"aud": "another"}),
        json!({"aud": ["another", "third"]}),
        json!({"aud": null}),
        json!({"iss": "https://evil.example"}),
        json!({"iss": format!("{ISSUER}/")}),
        json!({"iss": null}),
        json!({"exp": now - 60}),
        json!({"exp": null}),
        json!({"exp": "never"}),
        json!({"exp": -1}),
        json!({"nbf": now + 60}),
        json!({"nbf": "tomorrow"}),
        json!({"sub": null}),
        json!({"sub": "ep_01jd7s2zk4jd7s2zk4jd7s2zk4"}),
        json!({"sid": "somewhere"}),
        json!({"roles": ["EMPEROR"]}),
        json!({"iat": null}),
    ] {
        assert!(!holds(&keys, &token(wrong.clone())), "{wrong}");
    }
}

#[test]
fn nothing_but_a_whole_token_is_taken() {
    let (keys, _) = keys("nothing_but_a_whole_token");
    let token = issued(&keys);
    for end in 0..token.len() {
        assert!(!holds(&keys, &token[..end]), "{end}");
    }
    let parts: Vec<_> = token.split('.').collect();
    let other = issued(&keys);
    let others: Vec<_> = other.split('.').collect();
    for wrong in [
        format!("{token}."),
        format!("{token}.{}", parts[2]),
        format!(".{token}"),
        format!("{token}="),
        format!("{token}A"),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}.{}", parts[0], others[1], parts[2]),
        format!("{}..{}", parts[0], parts[2]),
        token.to_uppercase(),
        "..".to_owned(),
        "\u{1f4a5}.\u{1f4a5}.\u{1f4a5}".to_owned(),
        format!("{}.{}.{}", URL_SAFE_NO_PAD.encode("[]"), parts[1], parts[2]),
        "A".repeat(100_000),
    ] {
        assert!(!holds(&keys, &wrong), "{wrong}");
    }
}

#[test]
fn two_keys_are_valid_at_once() {
    let (keys, path) = keys("two_keys_are_valid_at_once");
    let mut tokens = vec![issued(&keys)];
    for _ in 0..3 {
        Keys::rotate(&path).unwrap();
        tokens.push(issued(&Keys::read(&path, ISSUER).unwrap()));
        let now = Keys::read(&path, ISSUER).unwrap();
        let valid: Vec<_> = tokens.iter().map(|token| holds(&now, token)).collect();
        let expected: Vec<_> = (0..tokens.len()).map(|number| number + 2 >= tokens.len()).collect();
        assert_eq!(valid, expected);
        assert_eq!(now.public().len(), 2);
    }
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // Nothing else is left behind.
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn a_running_server_takes_up_what_changes() {
    let (server, path) = keys("a_running_server");
    let old = issued(&server);
    let fresh = Keys::rotate(&path).unwrap();
    // A token of a key that is not known has it look at once.
    std::thread::sleep(super::file::LOOK_FOR_UNKNOWN_EVERY);
    let new = issued(&Keys::read(&path, ISSUER).unwrap());
    assert!(holds(&server, &new) && holds(&server, &old));
    assert_eq!(server.public(), fresh);
    assert_eq!(jsonwebtoken::decode_header(issued(&server)).unwrap().kid.as_ref(), Some(&fresh[0].kid));

    // Whatever is wrong with the file, the keys stay.
    let good = fs::read(&path).unwrap();
    let broken: [&[u8]; 4] = [b"", b"nonsense", &good[..good.len() / 3], &[0xff, 0xfe]];
    for broken in broken {
        fs::write(&path, broken).unwrap();
        std::thread::sleep(super::file::LOOK_EVERY);
        assert!(holds(&server, &new) && holds(&server, &old));
    }
    fs::remove_file(&path).unwrap();
    std::thread::sleep(super::file::LOOK_EVERY);
    assert_eq!(server.public(), fresh);

    // Once more, and the oldest is gone, as soon as somebody looks.
    fs::write(&path, &good).unwrap();
    Keys::rotate(&path).unwrap();
    std::thread::sleep(super::file::LOOK_EVERY);
    assert!(holds(&server, &new) && !holds(&server, &old));
}

#[test]
fn a_file_with_more_keys_has_two() {
    let (_, path) = keys("a_file_with_more_keys");
    let pems: Vec<_> = (0..4).map(|_| Ring::rotated(None).unwrap().pem()).collect();
    // One of them stands there twice.
    fs::write(&path, format!("# Keys.\n{}{}{}{}{}", pems[0], pems[0], pems[1], pems[2], pems[3])).unwrap();
    let ring = Ring::parse(&fs::read_to_string(&path).unwrap(), &path).unwrap();
    assert_eq!((ring.public().len(), ring.unused, ring.pem()), (2, 2, format!("{}{}", pems[0], pems[1])));
    let rotated = Keys::rotate(&path).unwrap();
    assert_eq!(rotated[1..], ring.public()[..1]);
}

#[test]
fn what_cannot_be_rotated_stays() {
    let (keys, path) = keys("what_cannot_be_rotated");
    let before = fs::read_to_string(&path).unwrap();
    let folder = path.parent().unwrap();
    let link = folder.join("link.pem");
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink(&path, &link).unwrap();
    Keys::rotate(&link).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let after = fs::read_to_string(&path).unwrap();
    assert!(after.ends_with(&before) && after != before);
    assert!(holds(&Keys::read(&link, ISSUER).unwrap(), &issued(&keys)));

    fs::write(&path, "nonsense").unwrap();
    assert!(matches!(Keys::rotate(&path), Err(KeysFailure::NoKey { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), "nonsense");
    assert!(matches!(Keys::rotate(folder), Err(KeysFailure::File { .. })));
    let nowhere = folder.join("nowhere/keys.pem");
    let failure = Keys::rotate(&nowhere).unwrap_err();
    assert!(matches!(failure, KeysFailure::NotWritten { .. }));
    assert!(failure.to_string().contains("nowhere/keys.pem cannot be written"), "{failure}");
    // A file that is not there is made.
    let missing = folder.join("missing.pem");
    let _ = fs::remove_file(&missing);
    assert_eq!(Keys::rotate(&missing).unwrap().len(), 1);
}
