//! Server-sent events from the bytes of a stream (WHATWG HTML, section 9.2.6). Unlike crates for it, it tells of a block that
//! has an id and no data, which is a point to resume from.

/// One block of a stream. Its event is complete; one that a lost connection cuts off is never told.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) event: String,
    pub(super) data: String,
    pub(super) id: Option<String>,
    /// In milliseconds.
    pub(super) retry: Option<u64>,
}

/// Parses a stream from its start.
#[derive(Debug, Default)]
pub(super) struct Parser {
    /// A line without its end.
    line: Vec<u8>,
    block: Block,
}

impl Parser {
    /// Takes the next bytes, and returns the blocks that end in them. Lines end with LF or CR LF, as gateways and proxies
    /// write them.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Block> {
        let mut blocks = Vec::new();
        for part in bytes.split_inclusive(|it| *it == b'\n') {
            self.line.extend_from_slice(part);
            if self.line.pop_if(|it| *it == b'\n').is_none() {
                continue;
            }
            self.line.pop_if(|it| *it == b'\r');
            let line = String::from_utf8_lossy(&self.line).into_owned();
            self.line.clear();
            if line.is_empty() {
                blocks.push(std::mem::take(&mut self.block));
            } else {
                self.block.take(&line);
            }
        }
        blocks
    }
}

impl Block {
    fn take(&mut self, line: &str) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" => {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(value);
            }
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "retry" => self.retry = value.parse().ok().or(self.retry),
            // Comments have no name, and other fields are ignored.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_come_out_whatever_the_pieces_that_they_come_in() {
        let text = ": hello\nevent: a\r\ndata: 1\ndata:2é\nid: x\nretry: 7\r\n\r\nid: y\n\nevent: cut off\n";
        let first = Block {
            event: "a".to_owned(),
            data: "1\n2é".to_owned(),
            id: Some("x".to_owned()),
            retry: Some(7),
        };
        let second = Block { id: Some("y".to_owned()), ..Block::default() };
        for size in 1..text.len() {
            let mut parser = Parser::default();
            let blocks: Vec<Block> = text.as_bytes().chunks(size).flat_map(|it| parser.feed(it)).collect();
            assert_eq!(
                blocks,
                [&first, &second].map(|it| Block {
                    event: it.event.clone(),
                    data: it.data.clone(),
                    id: it.id.clone(),
                    ..*it
                })
            );
        }
    }
}
