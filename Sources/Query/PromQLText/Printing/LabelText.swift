import Bytes

/// Names of labels: as they are where they are plain, in quotes otherwise.
enum LabelText {
    static func written(_ name: ByteText) -> String {
        let isPlain = name.bytes.first?.isNameStart == true && name.bytes.allSatisfy(\.isNamePart)
        return isPlain ? String(decoding: name.bytes, as: UTF8.self) : QuotedText.quoted(name.bytes)
    }
}
