use async_graphql::SimpleObject;

/// A place on the web that belongs to something in the catalogue.
#[derive(Debug, Clone, SimpleObject)]
pub struct Link {
    /// What it is called.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

impl Link {
    /// Links as they stand in the graph: a map is no property, so they are two lists.
    pub(super) fn list(labels: Option<&[String]>, urls: Option<&[String]>) -> Vec<Self> {
        let (labels, urls) = (labels.unwrap_or_default(), urls.unwrap_or_default());
        labels.iter().zip(urls).map(|(label, url)| Self { label: label.clone(), url: url.clone() }).collect()
    }
}
