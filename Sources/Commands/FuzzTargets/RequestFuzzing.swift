import Access
import Bytes
import Exporting
import JSONTexts
import Platform
import RequestFields
import WireFormats

/// What any client writes into a request before it is known who it is: fields, paths, forms.
extension FuzzTarget {
    static let requests: [FuzzTarget] = [form, cookie, token, host, forwarded, accepted, path]

    private static let form = FuzzTarget(
        "http-form", "no more than was written, and escaped again the same; a refusal has a place in the body",
        texts: [
            "query=sum+by+(model)+(rate(x%5B5m%5D))&time=1785578400.5&match[]=up&match[]=%7Ba%3D%22b%22%7D&limit=10",
            "var-model=gpt-4o&var-model=%24__all&find-model=gp&panel=3&from=now-6h&to=now&timezone=browser",
            "token=plim_0123456789ab_00&to=%2Fd%2Fa%3Ffrom%3Dnow-6h", "=&a&&b==%&%4=%c3%a9",
            #"{"query":"up","match[]":["a","b"],"step":"15s"}"#, #"{"a":[],"b":{"c":1}}"#,
        ]
    ) { bytes in
        let all = FormParameters(body: bytes, query: String(decoding: bytes, as: UTF8.self)).pairs(beginning: "")
        let valueBytes = all.reduce(0) { $0 + $1.value.count }
        try require(all.count <= 4 * bytes.count && valueBytes <= 4 * bytes.count, "no more than was written")
        let told = FormParameters(body: bytes, query: nil).pairs(beginning: "").compactMap { pair in
            String(validating: pair.value, as: UTF8.self).map { (name: pair.name, value: $0) }
        }
        let written = told.map { PercentText.escaped($0.name) + "=" + PercentText.escaped($0.value) }
        let again = FormParameters(query: written.joined(separator: "&")).pairs(beginning: "")
        try require(again.count == told.count, "as many values as were written")
        for (one, other) in zip(told, again) {
            try require(
                one.name.hasSameBytes(as: other.name) && other.value.elementsEqual(one.value.utf8),
                "a form that is written is read as it was")
        }
        do throws(FormFault) {
            _ = try FormParameters(json: bytes, query: nil)
        } catch {
            try require(!error.message.isEmpty, "a refusal in words")
            try require((0...bytes.count).contains(error.offset ?? 0), "a place in the body")
        }
    }

    private static let cookie = FuzzTarget(
        "http-cookie", "lines of cookies: a session or none; what a browser was told to show is read as it was",
        texts: [
            "plimsoll_session=0123456789abcdef; other=1", "a=b; __Host-plimsoll_session=ff ;plimsoll_session=ee",
            "plimsoll_session=\nplimsoll_session==;\t=", "plimsoll_session=\t\u{301}x",
        ]
    ) { bytes in
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        guard let secret = SessionCookie(lines)?.secret else { return }
        for isTLS in [false, true] {
            let told = Array(SessionCookie.setting(secret, isTLS: isTLS).utf8)
            let shown = String(decoding: told.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
            guard let again = SessionCookie([shown])?.secret else { throw FuzzFinding("\(shown) is no cookie") }
            try require(again.hasSameBytes(as: secret), "a cookie that is set is read as it was")
        }
    }

    private static let token = FuzzTarget(
        "http-token", "what Authorization shows; a token is written again the same",
        texts: [
            "Bearer plim_0123456789ab_" + String(repeating: "0f", count: 32), "bEARER  x", "Basic YTpi",
            "plim_0123456789ab_" + String(repeating: "a0", count: 32),
        ]
    ) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let shown = BearerToken.text(of: text) ?? text
        guard let token = AccessToken(shown) else { return }
        try require(token.text.hasSameBytes(as: shown), "a token is written as it was read")
        try require(token.id.utf8.count == 12, "an id of twelve digits")
        let again = BearerToken.text(of: "bEARER " + shown)
        try require(again?.hasSameBytes(as: shown) == true, "the scheme in any case")
    }

    private static let host = FuzzTarget(
        "http-host", "a host with its port or none: the same in capitals, and as the site of an address",
        texts: [
            "localhost:8086", "plimsoll.example.org.:443", "[::ffff:10.0.0.7]:80", "[fe80::1%25eth0]", "10.0.0.7:",
            "a_b-c.",
        ]
    ) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        _ = OriginSite(text)
        guard let host = HostAuthority(text) else { return }
        try require((0...65_535).contains(host.port ?? 0), "a port")
        if case .name(let name) = host.name {
            let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
            try require(!name.isEmpty && !name.contains(where: capitals.contains), "a name in lower case")
        }
        try require(HostAuthority(text.uppercased()) == host, "the same host in capitals")
        for scheme in ["http", "HTTPS"] {
            try require(OriginSite("\(scheme)://\(text)")?.authority == host, "the host of a site")
        }
    }

    private static let forwarded = FuzzTarget(
        "http-forwarded", "the client is an address, and what the last proxy added counts",
        texts: [
            "203.0.113.7, 10.0.0.9", "for=192.0.2.60;proto=http;by=203.0.113.43, for=\"[2001:db8::17]:4711\"",
            "unknown, ::1, [fd00::1]:80", "for=a;for=b,for=_hidden", "10.0.0.2:4711,,10.1.2.3",
        ]
    ) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        var proxies = TrustedProxies()
        proxies.ranges = ["10.0.0.0/8", "::1", "fd00::/8"].compactMap { IPAddressRange($0) }
        for field in TrustedProxies.Field.allCases {
            proxies.field = field
            let client = proxies.client(peer: "10.0.0.1") { text }
            try require(IPAddress(client) != nil && !client.utf8.contains(UInt8(ascii: "%")), "\(client) is no address")
            let added = field == .forwarded ? "for=192.0.2.7" : "192.0.2.7"
            let told = proxies.client(peer: "10.0.0.1") { text + "," + added }
            try require(told == "192.0.2.7", "what the last proxy added counts")
            try require(proxies.client(peer: "192.0.2.8") { text } == "192.0.2.8", "a stranger is not believed")
        }
        _ = IPAddressRange(text)
    }

    private static let accepted = FuzzTarget(
        "http-accept", "lists of types, codings and tags: what stands first counts, and parameters change no type",
        texts: [
            "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7",
            "gzip;q=0, *;q=0.000, br", "W/\"0123\", \"4567\" , *", "application/x-protobuf ; charset=utf-8",
            ";;,,q=nan",
        ]
    ) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        try require(ExpositionFormat.negotiated(accept: text, format: nil) != nil, "metrics in some format")
        try require(
            OTLPEncoding(contentType: text) == OTLPEncoding(contentType: text + ";a=b"), "parameters change no type")
        let names = MediaTypeNames.names(in: [text, text])
        try require(names.count <= 2 * (bytes.count + 1), "no more types than were written")
        try require(AcceptedCodings.takeGzip(["gzip", text]), "what stands first counts")
        try require(!AcceptedCodings.takeGzip(["gzip;q=0", text]), "what stands first counts")
        let tag = EntityTag(of: bytes)
        try require(tag.isKnown([text, "W/" + tag.text]) && tag.isKnown([tag.text]), "a tag that is named is known")
        try require(!tag.isKnown(["\"\(tag.text.dropFirst(2))"]), "another tag is not")
    }

    private static let path = FuzzTarget(
        "http-path", "names of labels are spelt and read again the same; a log-in leads nowhere else",
        texts: [
            "U__http_2e_status__code", "U___1f600_x", "U__a_", "/d/a?from=now-6h&to=now#b", "//example.org/",
            "/session?a", "/\\example.org",
        ]
    ) { bytes in
        try require(EscapedLabelName.name(bytes).bytes.count <= bytes.count, "no longer than its spelling")
        let text = String(decoding: bytes, as: UTF8.self)
        let spelt = text.unicodeScalars.map { scalar -> String in
            if scalar == "_" { return "__" }
            let isPlain = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            return isPlain ? String(scalar) : "_" + String(scalar.value, radix: 16) + "_"
        }
        let name = EscapedLabelName.name(Array(("U__" + spelt.joined()).utf8))
        try require(name.bytes.elementsEqual(text.utf8), "a name that is spelt is read as it was")
        let address = ReturnAddress(text).text
        let isOwn = address.utf8.first == UInt8(ascii: "/") && !address.utf8.starts(with: "//".utf8)
        try require(isOwn && address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }, "an address of our own")
        try require(ReturnAddress(address).text.hasSameBytes(as: address), "the same address again")
    }
}
