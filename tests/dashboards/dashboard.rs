//! A dashboard: rows of panels, and the variables above them. It becomes Grafana's classic JSON model (schema version 41),
//! which Grafana 13 loads from files.

use serde::Deserialize;
use serde_json::{Value, json};

use super::panel::Panel;

/// Columns of Grafana's grid.
const COLUMNS: usize = 24;
/// What all dashboards share, so that each links to the others.
const TAG: &str = "cml-cloud-manager";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dashboard {
    title: String,
    uid: String,
    description: String,
    #[serde(default)]
    variables: Vec<Variable>,
    row: Vec<Row>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Variable {
    Service,
    Route,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    title: String,
    height: usize,
    panel: Vec<Panel>,
}

/// A query of a dashboard and where it is.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) place: String,
    pub(crate) language: Language,
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Language {
    Promql,
    Traceql,
}

impl Dashboard {
    /// Every query: of panels, of links to traces, and of variables.
    pub(crate) fn queries(&self) -> Vec<Query> {
        let mut queries = Vec::new();
        for panel in self.row.iter().flat_map(|it| &it.panel) {
            let place = format!("{}, {}", self.title, panel.title());
            queries.extend(panel.queries().map(|(language, text)| Query {
                place: place.clone(),
                language,
                text: text.to_owned(),
            }));
        }
        for variable in &self.variables {
            let place = format!("{}, variable {variable:?}", self.title);
            let text = variable.series().to_owned();
            queries.push(Query { place, language: Language::Promql, text });
        }
        queries
    }

    pub(crate) fn json(&self) -> String {
        let (mut panels, mut top) = (Vec::new(), 0);
        for row in &self.row {
            panels.push(json!({
                "type": "row",
                "title": row.title,
                "collapsed": false,
                "panels": [],
                "gridPos": { "h": 1, "w": COLUMNS, "x": 0, "y": top },
            }));
            top += 1;
            let width = COLUMNS / row.panel.len();
            for (at, panel) in row.panel.iter().enumerate() {
                let place = json!({ "h": row.height, "w": width, "x": at * width, "y": top });
                panels.push(panel.json(&place));
            }
            top += row.height;
        }
        for (id, panel) in (1..).zip(&mut panels) {
            panel["id"] = json!(id);
        }
        let dashboard = json!({
            "title": self.title,
            "uid": self.uid,
            "description": self.description,
            "tags": [TAG],
            "schemaVersion": 41,
            "version": 1,
            "editable": true,
            "graphTooltip": 1,
            "timezone": "browser",
            "refresh": "30s",
            "time": { "from": "now-1h", "to": "now" },
            "timepicker": {},
            "annotations": { "list": [] },
            "links": [{
                "type": "dashboards",
                "title": "Dashboards",
                "tags": [TAG],
                "asDropdown": false,
                "includeVars": true,
                "keepTime": true,
                "targetBlank": false,
                "icon": "external link",
                "tooltip": "",
                "url": "",
            }],
            "templating": { "list": self.variables.iter().map(|it| it.json()).collect::<Vec<_>>() },
            "panels": panels,
        });
        format!("{dashboard:#}\n")
    }
}

impl Variable {
    /// The series whose label is offered.
    fn series(self) -> &'static str {
        match self {
            Self::Service => r#"target_info{job=~"cml-cloud-manager/.+"}"#,
            Self::Route => "http_server_request_duration_seconds_count",
        }
    }

    fn json(self) -> Value {
        let (name, label, regex, all) = match self {
            // The value is `service.name`, for PromQL and TraceQL alike.
            Self::Service => ("service", "job", "/cml-cloud-manager\\/(.+)/", ".+"),
            // A request without a route has none of the values.
            Self::Route => ("route", "http_route", "", ".*"),
        };
        let query = format!("label_values({}, {label})", self.series());
        json!({
            "name": name,
            "label": format!("{self:?}"),
            "type": "query",
            "datasource": { "type": "prometheus", "uid": "prometheus" },
            "query": { "qryType": 1, "query": query, "refId": name },
            "regex": regex,
            "includeAll": true,
            "multi": true,
            "allValue": all,
            "current": { "text": ["All"], "value": ["$__all"] },
            "options": [],
            "refresh": 2,
            "sort": 1,
            "hide": 0,
        })
    }
}
