//! One value: a rule for each pair of forms.

use serde_json::{Map, Value};

use super::set::{self, Parts};
use super::text::{Bytes, of_hex, unescaped};
use super::{Comparison, filter, number, same_name, signal};
use crate::tree::{Field, Text, Tree};

/// No program has memory below, unless the kernel's `vm.mmap_min_addr` was lowered.
const FIRST_ADDRESS: i128 = 4096;

/// By how many bits a macro puts its first number above its second.
fn compound(name: &str) -> Option<u32> {
    match name {
        "QCMD" => Some(8),
        "IOPRIO_PRIO_VALUE" => Some(13),
        _ => None,
    }
}

/// What such a macro makes. The table has names in their place already.
fn joined(arguments: &[Field], shift: u32) -> Tree {
    let part = |(at, argument): (usize, &Field)| match (&argument.value, at) {
        (Tree::Number(number), 0) => Tree::Number(number << shift),
        (other, _) => other.clone(),
    };
    Tree::Flags(arguments.iter().enumerate().map(part).collect())
}

impl<'a> Comparison<'a> {
    pub(super) fn value(&mut self, tree: &Tree, json: &'a Value) {
        match (tree, json) {
            (Tree::Unclear, _) => self.finer(tree, json),
            // A failed call changed nothing.
            (Tree::Became(before, _), _) if self.failed => self.value(before, json),
            (Tree::Became(_, after), _) => self.value(after, json),
            (_, Value::Null) => self.null(tree, json),
            (_, Value::Object(own)) if let Some(Value::Array(own)) = own.get("netlink") => {
                self.netlink(tree, own, json);
            }
            // strace says what was asked where the argument stands, and what is ready behind the result.
            (Tree::List(_), Value::Object(own)) if let Some(asked) = own.get("asked") => {
                self.value(tree, asked);
            }
            (Tree::Struct(fields), Value::Object(_)) => self.structure(tree, fields, json),
            (Tree::List(items), Value::Array(own)) => self.list(tree, items, own, json),
            (Tree::AllBut(items), Value::Array(own)) => {
                let same = signal::of_json(own) == Some(signal::all_but(items));
                self.settle(same, tree, json);
            }
            // A pointer to one thing; a structure that stands for its one field.
            (Tree::List(items) | Tree::Struct(items), _) if items.len() == 1 => {
                self.value(&items[0].value, json);
            }
            // A union: each field says what the same bytes are.
            (Tree::Struct(fields), Value::String(own)) if let Some(own) = number::hex(own) => {
                let says = |field: &Field| {
                    number::of(&field.value)
                        .is_some_and(|value| number::same(value, own) || value == own & 0xffff_ffff)
                };
                self.settle(fields.iter().all(says), tree, json);
            }
            (Tree::Text(text), _) => self.text(tree, text, json),
            (Tree::Holds(terms), Value::Number(_)) => {
                let same = json
                    .as_i64()
                    .is_some_and(|status| signal::holds(terms, status));
                self.settle(same, tree, json);
            }
            (Tree::Call(name, arguments), Value::String(own)) if name.starts_with("inet_") => {
                let said = arguments.iter().any(
                    |field| matches!(&field.value, Tree::Text(text) if text.bytes == own.as_bytes()),
                );
                self.settle(said, tree, json);
            }
            (Tree::Call(name, arguments), Value::String(own)) if name.starts_with("BPF_") => {
                self.settle(filter::same(arguments, own), tree, json);
            }
            // One number made of several, as the macro that makes it.
            (Tree::Call(name, arguments), Value::Array(own))
                if let Some(shift) = compound(name) =>
            {
                let strace = Parts::of_tree(&joined(arguments, shift));
                let same = Parts::of_json(own).is_some_and(|own| own.same(&strace));
                self.settle(same, tree, json);
            }
            (Tree::Either(ways), Value::String(own)) => {
                self.settle(ways.iter().any(|way| way.is_word(own)), tree, json);
            }
            _ => self.atom(tree, json),
        }
    }

    /// Null: nothing there, nothing readable, a number too big for JSON, or nothing given.
    fn null(&mut self, tree: &Tree, json: &Value) {
        let known = self.status["value"]
            .as_str()
            .or(self.status["addr"].as_str());
        match (number::of(tree), known.and_then(number::hex)) {
            (Some(0), _) => self.findings.same += 1,
            (Some(strace), Some(own)) => self.settle(number::same(strace, own), tree, json),
            (Some(_), None) if self.failed => self.findings.not_given += 1,
            // Where it would be, in place of what it is: a call that succeeded did not give it.
            (Some(FIRST_ADDRESS..), None) if matches!(tree, Tree::Number(_)) => {
                self.findings.not_given += 1;
            }
            (None, None) if self.failed && only_places(tree) => self.findings.not_given += 1,
            _ => self.settle(false, tree, json),
        }
    }

    /// A number, a name or a set of names.
    fn atom(&mut self, tree: &Tree, json: &Value) {
        let number = number::of(tree);
        match json {
            Value::Number(own) => {
                let own = own
                    .as_i64()
                    .map(i128::from)
                    .or(own.as_u64().map(i128::from));
                let same = number
                    .zip(own)
                    .is_some_and(|(strace, own)| number::same(strace, own));
                self.settle(same, tree, json);
            }
            Value::String(own) => match (number, number::hex(own)) {
                (Some(strace), Some(own)) => self.settle(number::same(strace, own), tree, json),
                // strace has no name for it, or did not follow it.
                (Some(strace), None) => match set::value_of(own) {
                    Some(value) => self.settle(number::same(value, strace), tree, json),
                    None => self.finer(tree, json),
                },
                _ => {
                    let same = |word: &String| word == own || set::same_value(word, own);
                    self.settle(matches!(tree, Tree::Word(word) if same(word)), tree, json);
                }
            },
            Value::Array(own) => match (Parts::of_json(own), tree) {
                // What strace left behind its pointer, or nobody could read.
                (_, Tree::Number(strace)) if *strace != 0 && self.is_behind_pointer(own) => {
                    self.finer(tree, json);
                }
                (Some(own), Tree::Word(_) | Tree::Flags(_) | Tree::Number(_)) => {
                    self.settle(own.same(&Parts::of_tree(tree)), tree, json);
                }
                _ => self.settle(false, tree, json),
            },
            // What strace left behind its pointer.
            Value::Object(_) if matches!(tree, Tree::Number(strace) if *strace != 0) => {
                self.finer(tree, json);
            }
            _ => self.settle(false, tree, json),
        }
    }

    /// Whether a list is what a pointer leads to: no set of flags.
    fn is_behind_pointer(&self, own: &[Value]) -> bool {
        let flags = Parts::of_json(own).is_some_and(|own| own.has_numbers());
        let signals = !own.is_empty() && signal::of_json(own).is_some();
        !flags || signals || own.is_empty() && self.state() == "unread"
    }

    fn text(&mut self, tree: &Tree, text: &Text, json: &Value) {
        let same = match json {
            Value::String(own) => {
                Bytes::of_string(own, self.status).same(text)
                    || unescaped(own) == text.bytes
                    || of_hex(own).is_some_and(|own| own == text.bytes)
            }
            _ => Bytes::of_buffer(json).is_some_and(|own| own.same(text)),
        };
        self.settle(same, tree, json);
    }

    fn list(&mut self, tree: &Tree, items: &[Field], own: &'a [Value], json: &'a Value) {
        let is_set = items.iter().all(|item| matches!(item.value, Tree::Word(_)));
        if let (true, Some(own)) = (is_set, signal::of_json(own)) {
            self.settle(signal::named(items) == own, tree, json);
            return;
        }
        let cut = items.last().is_some_and(|item| item.value == Tree::Unclear);
        let items = &items[..items.len() - usize::from(cut)];
        let own_cut = matches!(self.state(), "cut" | "unread");
        let fits = match items.len().cmp(&own.len()) {
            std::cmp::Ordering::Equal => true,
            std::cmp::Ordering::Less => cut,
            std::cmp::Ordering::Greater => own_cut,
        };
        // One structure in brackets and a structure's own list look alike.
        if let ([item], false) = (items, fits) {
            return self.value(&item.value, json);
        }
        self.settle(fits, tree, json);
        for (at, (item, own)) in items.iter().zip(own).enumerate() {
            self.inside(&format!("[{at}]"), |inner| inner.value(&item.value, own));
        }
    }

    fn structure(&mut self, tree: &Tree, fields: &[Field], json: &'a Value) {
        if let Some(own) = Bytes::of_buffer(json)
            && let Some(base) = fields.iter().find(|field| is_named(field, "iov_base"))
        {
            return self.buffer(base, fields, &own, json);
        }
        let Value::Object(own) = json else { return };
        let mut met = 0;
        for field in fields.iter().filter(|field| field.value != Tree::Unclear) {
            met += usize::from(self.field(field, fields, own, json));
        }
        if own.len() > met {
            self.finer(tree, json);
        }
    }

    /// A field of a structure; says whether one of JSON's was its partner.
    fn field(&mut self, field: &Field, all: &[Field], own: &'a Object, json: &'a Value) -> bool {
        let Some(name) = name_of(field) else {
            self.settle(false, &field.value, json);
            return false;
        };
        let hidden = matches!(&field.value, Tree::Text(text) if text.hidden);
        if name == "sun_path" && hidden != (own.get("abstract") == Some(&Value::Bool(true))) {
            self.inside(".abstract", |inner| inner.settle(false, &field.value, json));
        }
        let partner = |name: &str| {
            let mut all = own.iter();
            let exact = all.clone().find(|(key, _)| *key == name);
            exact.or_else(|| all.find(|(key, _)| same_name(name, key)))
        };
        if let Some((key, value)) = partner(name).or_else(|| left_over(name, all, own)) {
            self.inside(&format!(".{key}"), |inner| inner.value(&field.value, value));
            return true;
        }
        match (&field.value, name.strip_suffix("len").and_then(partner)) {
            (_, Some((_, value))) => self.length(name, &field.value, value),
            // A structure in a structure, which JSON has flat.
            (Tree::Struct(inner), None) if name.ends_with("_hdr") => {
                self.structure(&field.value, inner, json);
            }
            _ => self.inside(&format!(".{name}"), |inner| {
                inner.settle(false, &field.value, &Value::Null);
            }),
        }
        false
    }

    /// A length beside what it is the length of; JSON has it in the value.
    fn length(&mut self, name: &str, tree: &Tree, of: &'a Value) {
        let own = match of {
            Value::Array(items) => Some(items.len() as i128),
            Value::Object(_) => of["len"].as_i64().map(i128::from),
            _ => None,
        };
        match (own, number::of(tree)) {
            (Some(own), Some(strace)) if self.state() != "unread" => {
                self.inside(&format!(".{name}"), |inner| {
                    inner.settle(own == strace, tree, of);
                });
            }
            _ => self.finer(tree, of),
        }
    }

    /// `{iov_base="ab", iov_len=2}`, or an address where nothing was read.
    fn buffer(&mut self, base: &Field, fields: &[Field], own: &Bytes, json: &'a Value) {
        match &base.value {
            Tree::Text(text) => self.settle(own.same(text), &base.value, json),
            _ => self.finer(&base.value, json),
        }
        // A call that filled less than there is room for says in JSON how much it filled.
        let filled = matches!(&base.value, Tree::Text(text) if own.is(text));
        let len = fields.iter().find(|field| is_named(field, "iov_len"));
        if let Some(len) = len.filter(|_| !filled) {
            self.inside(".len", |inner| inner.value(&len.value, &json["len"]));
        }
    }
}

type Object = Map<String, Value>;

/// What a structure carries is called `…_data` by strace and by what it is in JSON: the one that is left over.
fn left_over<'a>(name: &str, all: &[Field], own: &'a Object) -> Option<(&'a String, &'a Value)> {
    let is_met = |key: &str| {
        all.iter()
            .filter_map(name_of)
            .any(|name| same_name(name, key))
    };
    let mut left = own.iter().filter(|(key, _)| !is_met(key));
    let one = left.next().filter(|_| name.ends_with("_data"))?;
    left.next().is_none().then_some(one)
}

fn is_named(field: &Field, name: &str) -> bool {
    field.name.as_deref() == Some(name)
}

/// A field's name; of `inet_pton(AF_INET6, "::1", &sin6_addr)` the one it fills.
fn name_of(field: &Field) -> Option<&str> {
    if let Some(name) = &field.name {
        return Some(name);
    }
    let Tree::Call(_, arguments) = &field.value else {
        return None;
    };
    arguments.iter().find_map(|argument| match &argument.value {
        Tree::Word(word) => word.strip_prefix('&'),
        _ => None,
    })
}

/// Whether strace shows only where something lies and how long it is.
fn only_places(tree: &Tree) -> bool {
    match tree {
        Tree::List(items) | Tree::Struct(items) => {
            items.iter().all(|item| only_places(&item.value))
        }
        other => number::of(other).is_some(),
    }
}
