/// Whether nobody sees a character: it is white space, a control, or one of those that show nothing by themselves.
/// - Complexity: O(1).
package func isUnseen(_ scalar: UInt32) -> Bool {
    switch scalar {
    // Controls, and the blank between them.
    case 0...0x20, 0x7F...0x9F: true
    // Marks that steer what stands around them, joiners, fillers, selectors and tags: Unicode's default ignorables.
    case 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200F, 0x202A...0x202E,
        0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFF8, 0x1_BCA0...0x1_BCA3,
        0x1_D173...0x1_D17A, 0xE_0000...0xE_0FFF:
        true
    // Braille without a dot.
    case 0x2800: true
    default: WhiteSpace(scalar) != nil
    }
}
