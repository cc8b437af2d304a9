//! The serializer: JSON straight into memory.
//!
//! A general serializer looks at every byte of every name that it writes, and that costs more than all else here: the
//! names of a `syscall` line are longer than its values. This one copies them. For types whose field names and
//! variants need no escapes, whose map keys are strings, and that have no numbers with fractions.

use std::fmt::{self, Display, Formatter, Write};

use serde::ser::{
    self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple,
    Serializer,
};

use super::put;

/// Where JSON goes.
pub(super) struct Writer<'a>(pub(super) &'a mut Vec<u8>);

/// A type that this serializer is not for.
#[derive(Debug)]
pub(super) struct Refused;

impl Display for Refused {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a type that lines do not have")
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: Display>(_message: T) -> Self {
        Self
    }
}

type Done = Result<(), Refused>;

impl Writer<'_> {
    /// Ends a list or object: the comma behind its last part was one too many.
    #[inline]
    fn close(&mut self, end: u8) {
        match self.0.last_mut() {
            Some(comma) if *comma == b',' => *comma = end,
            _ => self.0.push(end),
        }
    }
}

/// What writes through `Display`, escaped on the way.
struct Escaping<'a>(&'a mut Vec<u8>);

impl Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        put::escaped(self.0, text);
        Ok(())
    }
}

/// A list or object that is being written: each part ends with a comma.
pub(super) struct Parts<'w, 'a>(&'w mut Writer<'a>);

macro_rules! integers {
    ($($name:ident: $type:ty),*) => {
        $(
            #[inline]
            fn $name(self, value: $type) -> Done {
                put::integer(self.0, value);
                Ok(())
            }
        )*
    };
}

impl<'w, 'a> Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Parts<'w, 'a>;
    type SerializeTuple = Parts<'w, 'a>;
    type SerializeTupleStruct = Impossible<(), Refused>;
    type SerializeTupleVariant = Impossible<(), Refused>;
    type SerializeMap = Parts<'w, 'a>;
    type SerializeStruct = Parts<'w, 'a>;
    type SerializeStructVariant = Impossible<(), Refused>;

    integers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64
    }

    fn serialize_bool(self, value: bool) -> Done {
        self.0
            .extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_f32(self, _value: f32) -> Done {
        Err(Refused)
    }

    fn serialize_f64(self, _value: f64) -> Done {
        Err(Refused)
    }

    fn serialize_char(self, value: char) -> Done {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Done {
        put::text(self.0, value);
        Ok(())
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Done {
        self.0.push(b'"');
        let written = write!(Escaping(self.0), "{value}");
        self.0.push(b'"');
        written.map_err(|_| Refused)
    }

    fn serialize_bytes(self, _value: &[u8]) -> Done {
        Err(Refused)
    }

    fn serialize_none(self) -> Done {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.0.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Done {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Done {
        put::name(self.0, variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Done {
        Err(Refused)
    }

    #[inline]
    fn serialize_seq(self, _len: Option<usize>) -> Result<Parts<'w, 'a>, Refused> {
        self.0.push(b'[');
        Ok(Parts(self))
    }

    fn serialize_tuple(self, len: usize) -> Result<Parts<'w, 'a>, Refused> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleStruct, Refused> {
        Err(Refused)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, Refused> {
        Err(Refused)
    }

    #[inline]
    fn serialize_map(self, _len: Option<usize>) -> Result<Parts<'w, 'a>, Refused> {
        self.0.push(b'{');
        Ok(Parts(self))
    }

    #[inline]
    fn serialize_struct(self, _name: &'static str, len: usize) -> Result<Parts<'w, 'a>, Refused> {
        self.serialize_map(Some(len))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, Refused> {
        Err(Refused)
    }
}

impl SerializeSeq for Parts<'_, '_> {
    type Ok = ();
    type Error = Refused;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(&mut *self.0)?;
        self.0.0.push(b',');
        Ok(())
    }

    #[inline]
    fn end(self) -> Done {
        self.0.close(b']');
        Ok(())
    }
}

impl SerializeTuple for Parts<'_, '_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Done {
        SerializeSeq::end(self)
    }
}

impl SerializeMap for Parts<'_, '_> {
    type Ok = ();
    type Error = Refused;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        key.serialize(&mut *self.0)
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.0.0.push(b':');
        SerializeSeq::serialize_element(self, value)
    }

    #[inline]
    fn end(self) -> Done {
        self.0.close(b'}');
        Ok(())
    }
}

impl SerializeStruct for Parts<'_, '_> {
    type Ok = ();
    type Error = Refused;

    /// Inlined, so that the name is a constant that is stored, not copied.
    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        let out = &mut *self.0.0;
        out.push(b'"');
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(b"\":");
        SerializeSeq::serialize_element(self, value)
    }

    #[inline]
    fn end(self) -> Done {
        self.0.close(b'}');
        Ok(())
    }
}
