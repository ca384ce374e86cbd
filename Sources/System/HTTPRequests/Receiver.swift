internal import CCurl

/// Hands over what comes of an answer.
final class Receiver {
    private let onHead: (String) -> Void
    let isAbandoned: () -> Bool
    private let onPiece: ([UInt8]) -> Void

    init(
        onHead: @escaping (String) -> Void = { _ in }, isAbandoned: @escaping () -> Bool = { false },
        onPiece: @escaping ([UInt8]) -> Void
    ) {
        (self.onHead, self.isAbandoned, self.onPiece) = (onHead, isAbandoned, onPiece)
    }

    /// What libcurl is to hand back with each call. Keeps nothing alive.
    var context: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

    func takeHead(_ part: UnsafeRawBufferPointer) {
        var line = unsafe Array(part)
        while let last = line.last, last == 0x0D || last == 0x0A { line.removeLast() }
        if !line.isEmpty { onHead(String(decoding: line, as: UTF8.self)) }
    }

    func takePiece(_ part: UnsafeRawBufferPointer) { onPiece(unsafe Array(part)) }
}

func takeHead(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    // Sound: `context` is the live Receiver of the request, and libcurl vouches for `size * count` bytes.
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let receiver = unsafe Unmanaged<Receiver>.fromOpaque(context).takeUnretainedValue()
    unsafe receiver.takeHead(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return receiver.isAbandoned() ? 0 : size * count
}

func takePiece(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    // Sound: as above.
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let receiver = unsafe Unmanaged<Receiver>.fromOpaque(context).takeUnretainedValue()
    unsafe receiver.takePiece(UnsafeRawBufferPointer(start: bytes, count: size * count))
    // Fewer bytes than came end the exchange.
    return receiver.isAbandoned() ? 0 : size * count
}

func watch(
    _ context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t
) -> CInt {
    // Sound: `context` is the live Receiver of the request.
    guard let context = unsafe context else { return 1 }
    return unsafe Unmanaged<Receiver>.fromOpaque(context).takeUnretainedValue().isAbandoned() ? 1 : 0
}
