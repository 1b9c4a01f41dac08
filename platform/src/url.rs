//! URLs in messages: what people write into a setting may have a password, also where it is no valid URL.

/// Removes the password from a URL, or from what was meant to be one, for messages: the password of the user, and parameters. Where it
/// is not clear what belongs to the password, more is removed.
#[must_use]
pub fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let (place, parameters) = rest.split_once('?').map_or((rest, ""), |(place, it)| (place, it));
    let authority = match place.rsplit_once('@') {
        Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or_default()),
        None if scheme.is_empty() => place.to_owned(),
        None => without_odd_port(place).to_owned(),
    };
    let kept: Vec<&str> = parameters.split('&').filter(|it| is_shown(it)).collect();
    let separators = (if scheme.is_empty() { "" } else { "://" }, if kept.is_empty() { "" } else { "?" });
    let shown = format!("{scheme}{}{authority}{}{}", separators.0, separators.1, kept.join("&"));
    match shown.to_ascii_lowercase().find("password=") {
        // `host=db password=…`, which other programs take.
        Some(at) => format!("{}…", &shown[..at]),
        None => shown,
    }
}

/// The same of a text that may be anything: it is left as it is unless it has a user with a password.
#[must_use]
pub fn without_password_of_user(text: &str) -> String {
    let place = text.split_once("://").map_or(text, |it| it.1);
    let has_password = place.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    if has_password { without_password(text) } else { text.to_owned() }
}

/// What looks like a port and is none may be the beginning of a password with a question mark.
fn without_odd_port(place: &str) -> &str {
    let authority = place.split('/').next().unwrap_or_default();
    match authority.split_once(':') {
        Some((host, port)) if !host.starts_with('[') && !port.bytes().all(|it| it.is_ascii_digit()) => host,
        _ => place,
    }
}

/// Whether a parameter is one, and no password.
fn is_shown(parameter: &str) -> bool {
    let is_name = |it: &str| it.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-.".contains(&it));
    parameter
        .split_once('=')
        .is_some_and(|(name, _)| is_name(name) && !name.to_ascii_lowercase().contains("password"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_is_shown_has_no_password() {
        for (url, shown) in [
            (
                "postgres://ada:p@ss:w@db.example:5432/t?sslmode=require",
                "postgres://ada@db.example:5432/t?sslmode=require",
            ),
            ("postgres://ada@db.example/tasks", "postgres://ada@db.example/tasks"),
            ("postgres:///tasks", "postgres:///tasks"),
            ("postgres://db/tasks?user=ccm&password=s3cret", "postgres://db/tasks?user=ccm"),
            ("postgres://db:5432/tasks?password=s3@cr:et&user=ccm", "postgres://db:5432/tasks?user=ccm"),
            ("postgres://[::1]:5432/tasks?pass%77ord=s3cret", "postgres://[::1]:5432/tasks"),
            ("postgre://ccm:s3cret@db/t", "postgre://ccm@db/t"),
            ("mysql://ccm:s3/cr?et@db/t", "mysql://ccm"),
            ("postgres:ccm:s3cret@db/t", "postgres@db/t"),
            ("host=db password=s3cret", "host=db …"),
            ("sqlite:data/tasks.db", "sqlite:data/tasks.db"),
            ("tasks.db", "tasks.db"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }

    #[test]
    fn a_text_without_a_password_is_left_as_it_is() {
        for text in ["http://h:1,http://h:2", "http://h:8o", "ada@example.com", "a?b", ""] {
            assert_eq!(without_password_of_user(text), text);
        }
        assert_eq!(without_password_of_user("http://h:1,http://ada:s3cret@h:2"), "http://h@h:2");
        assert_eq!(without_password_of_user("ada:s3cret@h"), "ada@h");
    }
}
