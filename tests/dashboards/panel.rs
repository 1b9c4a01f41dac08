//! A panel: what one sees, and the queries behind it. A colour has one meaning: blue is traffic, red failure, orange time.

use serde::Deserialize;
use serde_json::{Value, json};

use super::dashboard::Language;
use super::explore;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Panel {
    title: String,
    kind: Kind,
    /// What it says, and what to do about it.
    description: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    colour: Colour,
    #[serde(default)]
    stacked: bool,
    /// A value above which it is bad: a line, or the colour of a number.
    bad_above: Option<f64>,
    /// The same, for what should be high.
    bad_below: Option<f64>,
    /// TraceQL of the traces that a click on a series opens.
    traces: Option<String>,
    query: Vec<Query>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Number,
    Lines,
    Table,
    ServiceGraph,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Colour {
    #[default]
    Blue,
    Red,
    Orange,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    promql: Option<String>,
    traceql: Option<String>,
    #[serde(default)]
    legend: String,
    /// Shows the exemplars of the series as points that lead to traces.
    #[serde(default)]
    exemplars: bool,
}

impl Panel {
    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    pub(crate) fn queries(&self) -> impl Iterator<Item = (Language, &str)> {
        let of_panel = self.query.iter().flat_map(|it| {
            let promql = it.promql.as_deref().map(|it| (Language::Promql, it));
            promql.into_iter().chain(it.traceql.as_deref().map(|it| (Language::Traceql, it)))
        });
        of_panel.chain(self.traces.as_deref().map(|it| (Language::Traceql, it)))
    }

    pub(crate) fn json(&self, place: &Value) -> Value {
        let datasource = if self.is_of_traces() { tempo() } else { prometheus() };
        let targets: Vec<Value> =
            ('A'..='Z').zip(&self.query).map(|(name, it)| self.target(name, it)).collect();
        json!({
            "type": match self.kind {
                Kind::Number => "stat",
                Kind::Lines => "timeseries",
                Kind::Table => "table",
                Kind::ServiceGraph => "nodeGraph",
            },
            "title": self.title,
            "description": self.description,
            "datasource": datasource,
            "gridPos": place,
            "targets": targets,
            "fieldConfig": { "defaults": self.field(), "overrides": [] },
            "options": self.options(),
        })
    }

    fn is_of_traces(&self) -> bool {
        self.kind == Kind::ServiceGraph || self.query.iter().any(|it| it.traceql.is_some())
    }

    fn target(&self, name: char, query: &Query) -> Value {
        if self.kind == Kind::ServiceGraph {
            return json!({ "refId": name, "datasource": tempo(), "queryType": "serviceMap" });
        }
        if let Some(traceql) = &query.traceql {
            return json!({
                "refId": name,
                "datasource": tempo(),
                "queryType": "traceql",
                "tableType": "traces",
                "limit": 20,
                "query": traceql,
            });
        }
        let table = self.kind == Kind::Table;
        json!({
            "refId": name,
            "datasource": prometheus(),
            "expr": query.promql,
            "legendFormat": query.legend,
            "editorMode": "code",
            "range": self.kind == Kind::Lines,
            "instant": self.kind != Kind::Lines,
            "exemplar": query.exemplars,
            "format": if table { "table" } else { "time_series" },
        })
    }

    fn field(&self) -> Value {
        let mut field = json!({ "unit": self.unit, "color": self.colour() });
        if let Some(traceql) = &self.traces {
            field["links"] = json!([explore::link("Traces", traceql)]);
        }
        if let Some(thresholds) = self.thresholds() {
            field["thresholds"] = thresholds;
        }
        match self.kind {
            Kind::Number => {
                field["noValue"] = json!("–");
            }
            Kind::Lines => {
                let is_limited = self.bad_above.or(self.bad_below).is_some();
                field["min"] = json!(0);
                field["custom"] = json!({
                    "drawStyle": "line",
                    "lineWidth": 1,
                    "fillOpacity": if self.stacked { 40 } else { 0 },
                    "showPoints": "auto",
                    "spanNulls": false,
                    "stacking": { "mode": if self.stacked { "normal" } else { "none" }, "group": "A" },
                    "thresholdsStyle": { "mode": if is_limited { "dashed" } else { "off" } },
                });
            }
            Kind::Table | Kind::ServiceGraph => {}
        }
        field
    }

    fn colour(&self) -> Value {
        if self.kind == Kind::Number {
            return json!({ "mode": "thresholds" });
        }
        let colour = match self.colour {
            Colour::Blue => "blue",
            Colour::Red => "red",
            Colour::Orange => "orange",
        };
        json!({ "mode": "shades", "fixedColor": colour })
    }

    fn thresholds(&self) -> Option<Value> {
        let line = self.kind == Kind::Lines;
        let good = if line { "transparent" } else { "green" };
        let steps = match (self.bad_above, self.bad_below) {
            (Some(limit), _) => {
                json!([{ "color": good, "value": null }, { "color": "red", "value": limit }])
            }
            (None, Some(limit)) => {
                json!([{ "color": "red", "value": null }, { "color": good, "value": limit }])
            }
            (None, None) if line => return None,
            (None, None) => json!([{ "color": "text", "value": null }]),
        };
        Some(json!({ "mode": "absolute", "steps": steps }))
    }

    fn options(&self) -> Value {
        match self.kind {
            Kind::Number => json!({
                "colorMode": "value",
                "graphMode": "none",
                "justifyMode": "auto",
                "orientation": "auto",
                "textMode": "auto",
                "wideLayout": true,
                "showPercentChange": false,
                "percentChangeColorMode": "standard",
                "reduceOptions": { "calcs": ["lastNotNull"], "fields": "", "values": false },
            }),
            Kind::Lines => json!({
                "legend": { "displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": [] },
                "tooltip": { "mode": "multi", "sort": "desc" },
            }),
            Kind::Table => json!({ "showHeader": true, "cellHeight": "sm" }),
            Kind::ServiceGraph => json!({}),
        }
    }
}

fn prometheus() -> Value {
    json!({ "type": "prometheus", "uid": "prometheus" })
}

fn tempo() -> Value {
    json!({ "type": "tempo", "uid": "tempo" })
}
