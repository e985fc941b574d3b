use super::store::{self, SECTIONS, Section};
use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::storage::{Storage, StorageError, Upload};

/// How many rows a statement reads.
const PAGE: i64 = 5_000;
/// The most pages of a list: half a million rows. A list that is longer is named in `cut`.
const MAX_PAGES: usize = 100;
/// The size of a part in bytes, but for the last: the least that S3 takes, so that each is sent in time.
const PART_BYTES: usize = 5 * 1024 * 1024;

/// What was written.
pub(super) struct Document {
    pub(super) bytes: i64,
    /// Whether nothing was cut.
    pub(super) complete: bool,
}

/// Writes everything that the graph holds on the viewer into an object: one JSON object with a list for each kind of
/// thing. At most a part and a page are in memory. Whatever keeps it from its end, its parts are thrown away.
pub(super) async fn write(scope: &Scope, storage: &Storage, key: &str) -> Result<Document> {
    let mut file = File { storage, key, buffer: Vec::new(), upload: None, bytes: 0 };
    let complete = write_sections(scope, &mut file).await?;
    let bytes = file.finish().await.map_err(Error::internal)?;
    Ok(Document { bytes, complete })
}

async fn write_sections(scope: &Scope, file: &mut File<'_>) -> Result<bool> {
    let mut cut = Vec::new();
    let at = scope.now().to_rfc3339();
    file.add(format!("{{\"exportedAt\":{}", json(&at)?).as_bytes());
    for section in &SECTIONS {
        file.add(format!(",\n{}:[", json(section.name)?).as_bytes());
        if !write_section(scope, file, section).await? {
            cut.push(section.name);
        }
        file.add(b"]");
    }
    file.add(format!(",\n\"cut\":{}}}\n", json(&cut)?).as_bytes());
    Ok(cut.is_empty())
}

/// Whether the whole list was written.
async fn write_section(scope: &Scope, file: &mut File<'_>, section: &Section) -> Result<bool> {
    let mut after = String::new();
    let mut first = true;
    for _ in 0..MAX_PAGES {
        let rows = store::page(scope, section, &after, PAGE).await?;
        let is_last = i64::try_from(rows.len()).unwrap_or(i64::MAX) < PAGE;
        for row in rows {
            after = row.cursor;
            let Some(item) = row.item else { continue };
            file.add(if first { b"\n" } else { b",\n" });
            file.add(json(&item)?.as_bytes());
            first = false;
        }
        file.send_full_parts().await.map_err(Error::internal)?;
        if is_last {
            return Ok(true);
        }
    }
    Ok(false)
}

fn json(value: &(impl serde::Serialize + ?Sized)) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

/// An object in the making: in one piece if it is small, in parts otherwise.
struct File<'s> {
    storage: &'s Storage,
    key: &'s str,
    buffer: Vec<u8>,
    upload: Option<Upload>,
    bytes: usize,
}

impl File<'_> {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        self.buffer.extend_from_slice(bytes);
    }

    async fn send_full_parts(&mut self) -> Result<(), StorageError> {
        while self.buffer.len() >= PART_BYTES {
            let rest = self.buffer.split_off(PART_BYTES);
            let part = std::mem::replace(&mut self.buffer, rest);
            if self.upload.is_none() {
                self.upload = Some(self.storage.begin_upload(self.key, CONTENT_TYPE).await?);
            }
            if let Some(upload) = &mut self.upload {
                upload.write(part).await?;
            }
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<i64, StorageError> {
        let rest = std::mem::take(&mut self.buffer);
        match self.upload.take() {
            None => self.storage.put(self.key, CONTENT_TYPE, rest).await?,
            Some(mut upload) => {
                upload.write(rest).await?;
                upload.finish().await?;
            }
        }
        Ok(i64::try_from(self.bytes).unwrap_or(i64::MAX))
    }
}

const CONTENT_TYPE: &str = "application/json";
