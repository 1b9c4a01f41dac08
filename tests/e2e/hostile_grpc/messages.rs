//! Valid messages of any type, whatever they say: each choice is made by the next number of a list, so that a shorter list
//! with smaller numbers is a simpler message.

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};

/// Numbers that choices are made by; zeros when they have run out.
pub(super) struct Choices<'a>(std::slice::Iter<'a, u32>);

impl<'a> Choices<'a> {
    pub(super) fn by(numbers: &'a [u32]) -> Self {
        Self(numbers.iter())
    }

    fn number(&mut self) -> u32 {
        self.0.next().copied().unwrap_or_default()
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.number()).unwrap() % end
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

/// Texts to choose from.
pub(super) struct Texts {
    /// With a meaning somewhere, or none anywhere.
    odd: Vec<String>,
    /// Ids of subjects that exist, by the message that takes them: the first name that a message's name begins with.
    ids: Vec<(&'static str, Vec<String>)>,
}

impl Texts {
    pub(super) fn with(ids: Vec<(&'static str, Vec<String>)>) -> Self {
        let mut odd: Vec<String> = [
            "",
            "a",
            " ",
            "title",
            "tags",
            "tags.a",
            "tags.`a``b`",
            "*",
            "task.*",
            "task.created",
            "worker.created",
            "7",
            "0",
            "-1",
            "\0",
            "a\0b",
            "\u{7f}",
            "\r\n",
            "\u{202e}ä",
            "'; DROP TABLE",
            "%00",
            "../..",
            "\u{10ffff}",
            "00000000-0000-0000-0000-000000000000",
            "AAAAAAAAAAAAAAAAAAAAAA",
        ]
        .map(ToOwned::to_owned)
        .to_vec();
        odd.extend([200, 201, 256, 10_001].map(|it| "x".repeat(it)));
        Self { odd, ids }
    }

    /// Mostly what a field of this name has to be in this message.
    fn of(&self, message: &str, field: &str, choices: &mut Choices<'_>) -> String {
        if choices.number() % 4 == 3 {
            return choices.one_of(&self.odd);
        }
        match field {
            "id" | "subject_id" | "subject_ids" => self.id(message, choices),
            "worker_id" if matches!(message, "TaskAction" | "WorkerGeneration") => self.id(message, choices),
            "request_id" => format!("r-{}", choices.number()),
            "region" => "us-east-1".to_owned(),
            "instance_type" => "m5.metal".to_owned(),
            "instance_id" => format!("i-sim-{}", choices.number()),
            "paths" => choices.one_of(&["title", "name", "tags", "description"]).to_owned(),
            "event_types" => choices.one_of(&["task.*", "worker.created"]).to_owned(),
            "page_token" | "etag" | "worker_id" => String::new(),
            _ => "a".to_owned(),
        }
    }

    fn id(&self, message: &str, choices: &mut Choices<'_>) -> String {
        let (_, ids) =
            self.ids.iter().find(|it| message.starts_with(it.0)).expect("the last one is of all others");
        choices.one_of(ids)
    }
}

/// A message of this type.
pub(super) fn message(of: &MessageDescriptor, texts: &Texts, choices: &mut Choices<'_>) -> DynamicMessage {
    within(of, texts, choices, 0)
}

fn within(of: &MessageDescriptor, texts: &Texts, choices: &mut Choices<'_>, depth: usize) -> DynamicMessage {
    let mut message = DynamicMessage::new(of.clone());
    for field in of.fields() {
        // What is chosen for one member of a oneof takes the place of another.
        let needed = [
            "task",
            "worker",
            "id",
            "subject_id",
            "title",
            "name",
            "region",
            "instance_type",
            "instance_id",
            "state",
            "action_seq",
            "generations",
            "generation",
        ];
        let needed_here = [
            ("TaskAction", "worker_id"),
            ("WorkerGeneration", "worker_id"),
            ("SetDesiredStateRequest", "request_id"),
        ];
        let is_needed = needed.contains(&field.name()) || needed_here.contains(&(of.name(), field.name()));
        let sets = if is_needed { choices.number() % 8 != 7 } else { choices.number() % 4 == 3 };
        if sets && depth < 4 {
            let value = any(&field, texts, choices, depth);
            message.set_field(&field, value);
        }
    }
    message
}

fn any(field: &FieldDescriptor, texts: &Texts, choices: &mut Choices<'_>, depth: usize) -> Value {
    let count = |choices: &mut Choices<'_>| choices.one_of(&[1, 0, 2, 3, 60, 210]);
    if field.is_map() {
        let Kind::Message(entry) = field.kind() else { unreachable!("a map has entries") };
        let (key, value) = (entry.map_entry_key_field(), entry.map_entry_value_field());
        let mut map = std::collections::HashMap::new();
        for _ in 0..count(choices) {
            let name: Option<MapKey> = one(&key, texts, choices, depth).into_map_key();
            map.extend(name.map(|it| (it, one(&value, texts, choices, depth))));
        }
        return Value::Map(map);
    }
    if field.is_list() {
        return Value::List((0..count(choices)).map(|_| one(field, texts, choices, depth)).collect());
    }
    one(field, texts, choices, depth)
}

fn one(field: &FieldDescriptor, texts: &Texts, choices: &mut Choices<'_>, depth: usize) -> Value {
    let whole = |choices: &mut Choices<'_>| {
        let any = i64::from(choices.number());
        choices.one_of(&[0, 1, -1, 50, 200, 201, i64::MIN, i64::MAX, any])
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any number is as good")]
    match &field.kind() {
        Kind::Bool => Value::Bool(choices.number() % 2 == 1),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(whole(choices) as i32),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(whole(choices) as u32),
        // One that was accepted is the least of all later ones.
        Kind::Int64 if field.name() == "action_seq" => {
            Value::I64(choices.one_of(&[1, 2, 3, 4, 5, 6, 0, -1, i64::MAX]))
        }
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(whole(choices)),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(whole(choices) as u64),
        Kind::Float => Value::F32(choices.one_of(&[0.0, -1.5, f32::NAN, f32::INFINITY])),
        Kind::Double => Value::F64(choices.one_of(&[0.0, -1.5, f64::NAN, f64::INFINITY])),
        Kind::String => Value::String(texts.of(field.parent_message().name(), field.name(), choices)),
        Kind::Bytes => {
            Value::Bytes(texts.of(field.parent_message().name(), field.name(), choices).into_bytes().into())
        }
        // Values that no version knows, too.
        Kind::Enum(_) => Value::EnumNumber(choices.one_of(&[1, 1, 1, 2, 0, 3, 4, 5, 99, -1, i32::MAX])),
        Kind::Message(of) => Value::Message(within(of, texts, choices, depth + 1)),
    }
}
