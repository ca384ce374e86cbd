import Testing
import WireFormats

/// Keys of providers, and ids that begin as they do.
@Suite struct CredentialPrefixesTests {
    private static let hexadecimal = "4bf92f3577b34da6a3ce929d0e0e473610bd3a4e"
    private static let letters = String(repeating: "Zx4Q9hT2bV7mK1pL8wR3yN6cD5fG0jSqA", count: 2)
    private static let capitals = "ZX4Q7HT2BV6MK3PL"
    private static let uuid = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"

    /// Every beginning that is known with what its provider lets follow, so that none is lost.
    private static let ofLetters = [
        "sk-", "sk-proj-", "sk-ant-api03-", "sk-or-v1-", "sk_live_", "sk_test_", "rk_live_", "rk_test_",
        "whsec_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "glptt-",
        "gloas-", "glsoat-", "glcbt-", "glimt-", "glagent-", "glft-", "glffct-", "glsa_", "glc_",
        "xoxb-123456789012-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxd-", "xoxe-1-", "xoxe.xoxp-1-",
        "xapp-1-A1-", "AIza", "ya29.", "GOCSPX-", "hf_", "fw_", "pypi-", "lsv2_pt_", "pcsk_", "gsk_", "xai-",
        "pplx-", "csk-", "tvly-", "nvapi-", "sntrys_", "hvs.", "hvb.", "hvr.", "tskey-auth-", "dckr_pat_",
        "dckr_oat_", "figd_", "lin_api_", "lin_oauth_", "sq0atp-", "sq0csp-", "npm_", "phx_", "rpa_", "r8_",
        "ntn_", "nfp_", "jina_", "api_org_", "pnu_", "ATBB", "HRKU-", "pscale_tkn_", "fm2_", "CCIPAT_", "sgp_",
        "sb_secret_", "NRII-", "PMAK-", "xkeysib-", "ATATT3xFfGF0", "SG.", "dp.pt.", "eyJhbGci",
        "LTAI", "AKID", "aio_", "cio", "FLWSECK-", "ico-", "oy2", "secret_", "EZAK", "EZTK", "CLOJARS_", "cmVmdGtu",
        "GR1348941", "CFPAT-", "duffel_live_", "duffel_test_", "fo1_", "pscale_oauth_", "tgp_v1_", "EAAA",
        "atlasv1.", "fio-u-", "xsmtpsib-", "ATCTT3xFfGN0", "CCIPRJ_", "tfp_",
    ]
    private static let ofHexadecimal = [
        "dop_v1_", "doo_v1_", "dor_v1_", "shpat_", "shpss_", "shpca_", "shppa_", "sbp_", "dapi", "pul-",
        "sntryu_", "rubygems_", "e2b_", "bkua_", "shippo_live_", "shippo_test_", "shptka_", "squ_", "sqp_", "sqa_",
        "sk_0123456789",
        "plim_0123456789ab_", "patZx4Q9hT2bV7mK1.4bf92f3577b34da6a3ce929d",
    ]
    private static let ofCapitals = [
        "AKIA", "ASIA", "ABIA", "ACCA", "NRAK-", "PMAT-", "API-\(capitals)", "AGE-SECRET-KEY-1\(capitals)",
    ]
    private static let ofUUIDs = [
        "HRKU-", "pat-na1-", "pat-na2-", "pat-eu1-", "access-production-", "access-development-",
    ]
    static let keys: [String] = [
        (ofLetters, letters), (ofHexadecimal, hexadecimal), (ofCapitals, capitals), (ofUUIDs, uuid),
    ].flatMap { beginnings, rest in beginnings.map { $0 + rest } }

    /// Signs that stand around a key in sentences, lists and Markdown, and such as nobody sees.
    private static let signs = [
        "“", "”", "‘", "’", "«", "»", "„", "**", "*", "_", "「", "」", "（", "）", "，", "、", "•", "–", "→", "…",
        "~", "$", "!", "+", "-", ".", "🔑", "\u{200B}", "\u{200E}", "\u{202E}", "\u{2060}", "\u{FEFF}", "\u{AD}",
        "%22", "`", "(", "[", "|", ";",
    ]

    private static func holds(_ text: String, _ suspicion: CredentialText.Suspicion) -> Bool {
        CredentialText.holds(Array(text.utf8)[...], suspicion)
    }

    @Test(arguments: keys) func keysAreFoundWhereverTheyStand(key: String) {
        let mayBeIn = CredentialPrefixes.mayBeIn(key.utf8.span)
        #expect(CredentialPrefixes.begins(Array(key.utf8)[...]) && mayBeIn)
        #expect(CredentialText.without(key) == "*" && CredentialText.without("the \(key).") == "the *.")
        for suspicion in [CredentialText.Suspicion.identifier, .certain, .mixed, .random] {
            #expect(Self.holds(key, suspicion))
            for sign in Self.signs {
                #expect(Self.holds(sign + key, suspicion), "\(sign)")
                #expect(Self.holds("it is \(sign)\(key)\(sign), and", suspicion), "\(sign)")
            }
        }
        // Behind a letter or a digit another word goes on; wide letters are letters.
        #expect(!CredentialPrefixes.begins(Array("x\(key)".utf8)[...]))
        let wide = String(String.UnicodeScalarView(key.unicodeScalars.map { UnicodeScalar($0.value + 0xFEE0) ?? $0 }))
        #expect(Self.holds(wide, .certain))
    }

    /// Ids, names of agents and of models that begin so.
    @Test(arguments: [
        "sk-2024-000123", "sk-10023944-7", "xai-session-0001", "gsk_order_77812", "pypi-bot-2024",
        "lin_api_2024", "hf_thread_2024_11_29_0001", "hvs.2024112901", "xai-grok-2-1212-latest",
        "sk-learn-classifier-2024", "sk-support-bot-production", "hf_inference_endpoint_eu_1",
        "pypi-mirror-sync-worker", "SG.order.2024.A1.checkout", "SG.2024.A1.checkout-77",
        "npm_2024A_aaaaaaaaaaaaa", "npm_config_registry_default_mirror_eu_west", "dapi-Chat-2024-0000-1111-22",
        "sk-SK", "sk_live_orders_2024_11_29", "ghp_team_support_0001", "glpat-rotation-2024-11",
        "xoxb-channel-000000000001", "AIzawa-Takumi-0000001", "plim_support_bot_2024", "key-2024-11-29-000123",
        "SKU-2024-000123-0001", "pat-na1-2024-000123", "pattern.2024.support.escalations",
        "access-production-database-0001", "pul-requests-2024-000123", "AKIAORDERS2024",
        "ASIAPACIFIC-2024-000123", "rubygems_mirror_worker_0001", "dop_v1_deployments_2024",
        "e2b_session_2024_000123", "fw_rule_2024_000123", "figd_design_review_2024_11",
        "dckr_pat_rotation_2024_11", "csk-order-2024-000123", "xapp-support-2024-000123",
        "risk-0123456789abcdefghij", "task-Zx4Q9hT2bV7mK1pL8wR3yN6c",
    ])
    func idsThatBeginSoStay(id: String) {
        for suspicion in [CredentialText.Suspicion.identifier, .certain, .mixed] {
            guard suspicion != .mixed || !id.hasPrefix("task") else { continue }
            #expect(!Self.holds(id, suspicion))
            #expect(!Self.holds("about “\(id)” at https://crm.example/c/\(id)", suspicion))
        }
        #expect(CredentialText.without(id) == id)
        let kept = row(event("message.received", #""conversation_id":"\#(id)","channel":"web","turn":1"#))
        #expect(kept.contains(id), "\(kept)")
    }

    /// Keys as their providers issue them: in braces an alphabet and how many of it are drawn.
    static let forms = [
        "whsec_{B32}", "whsec_{A32}", "AIza{U35}", "glpat-{U20}", "gldt-{U20}", "glrt-{U20}", "SG.{U22}.{U43}",
        "sk-proj-{U74}T3BlbkFJ{U74}", "sk-{A20}T3BlbkFJ{A20}", "sk-ant-api03-{U93}AA", "sk-or-v1-{H64}", "sk-{H32}",
        "sk-lf-{H8}-{H4}-{H4}-{H4}-{H12}", "sk_live_{A24}", "rk_live_{A99}", "hvs.{A24}", "hvs.CAES{U90}",
        "xoxb-{D12}-{D13}-{A24}", "xapp-1-A{C10}-{D13}-{H64}", "ya29.a0A{U160}", "hf_{L34}", "AKIA{C16}",
        "sq0atp-{U22}", "sq0csp-{U43}", "GOCSPX-{U28}", "dapi{H32}", "dapi{H32}-2", "figd_{U40}",
        "sb_secret_{U22}_{U8}", "tvly-dev-{A32}", "pcsk_{A6}_{A63}", "nvapi-{U64}", "PMAK-{H24}-{H34}",
        "lsv2_pt_{H32}_{H10}", "glsa_{A32}_{H8}", "pat{A14}.{H64}", "dckr_pat_{U27}", "lin_api_{A40}",
        "lin_oauth_{H64}", "r8_{A37}", "npm_{A36}", "ghp_{A36}", "github_pat_{A22}_{A59}",
        "tskey-auth-{A12}CNTRL-{A32}", "dp.pt.{A43}", "dp.st.prd.{A43}", "plim_{U43}", "pscale_tkn_{U43}",
        "pypi-AgEIcHlwaS5vcmc{U150}", "sntryu_{H64}", "e2b_{H40}", "gsk_{A52}", "xai-{A80}", "fw_{A24}", "phx_{A43}",
        "rpa_{A40}", "sgp_{H40}", "sgp_{H16}_{H40}", "nfp_{A36}", "pnu_{A36}", "api_org_{L34}", "fm2_{B120}",
        "dop_v1_{H64}", "shpat_{H32}", "sbp_{H40}", "NRAK-{C27}", "ntn_{D11}{A35}", "csk-{A48}", "pplx-{A48}",
        "xkeysib-{H64}-{A16}", "CCIPAT_{A22}_{H40}", "jina_{A60}", "HRKU-AA{U58}", "ATATT3xFfGF0{U160}",
        "sk_{H48}", "LTAI5t{A18}", "AKID{A32}", "aio_{A28}", "cio{A32}", "ico-{A32}", "secret_{A43}", "EZAK{A54}",
        "CLOJARS_{H60}", "cmVmdGtu{A56}", "AKCp{A69}", "rdme_{A70}", "GR1348941{U20}", "CFPAT-{U43}",
        "duffel_live_{U43}", "fo1_{U43}", "pscale_oauth_{U43}", "tgp_v1_{U43}", "EAAA{U60}",
        "fio-u-{U64}", "sl.{U135}", "xsmtpsib-{H64}-{A16}", "ATCTT3xFfGN0{U160}", "CCIPRJ_{A22}_{H40}",
        "tfp_{U44}_{A14}",
        "eyJrIjoi{A80}", "ops_eyJ{A250}", "dt0c01.{C24}.{C64}", "shptka_{H32}", "squ_{H40}", "API-{C26}",
        "pat.{U22}.{H24}.{A20}",
    ]
    private static let alphabets: [Character: [Character]] = {
        let capitals = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), small = Array("abcdefghijklmnopqrstuvwxyz")
        let digits = Array("0123456789"), all = capitals + small + digits
        return [
            "A": all, "B": all + ["+", "/"], "U": all + ["_", "-"], "L": capitals + small, "D": digits,
            "H": digits + Array("abcdef"), "C": capitals + Array("234567"),
        ]
    }()

    /// Takes the places in braces of a form by lot.
    private static func drawn(_ form: String, _ state: inout UInt64) -> String {
        var key = ""
        for part in form.split(separator: "{", omittingEmptySubsequences: false) {
            guard let end = part.firstIndex(of: "}"), let name = part.first, let alphabet = alphabets[name],
                let count = Int(part[..<end].dropFirst())
            else {
                key += part
                continue
            }
            for _ in 0..<count {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                key.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            key += part[part.index(after: end)...]
        }
        return key
    }

    @Test(arguments: forms) func noKeyOfItsProvidersLengthIsKept(form: String) {
        var state: UInt64 = 11
        for _ in 0..<200 {
            let key = Self.drawn(form, &state)
            #expect(Self.holds(key, .identifier) && Self.holds("tell \(key) now", .identifier), "\(key)")
            // Nothing of it but marks at its end.
            #expect(CredentialText.without("tell \(key) now", .random).utf8.count < 18, "\(key)")
        }
    }

    /// Digests, UUIDs and ids in hexadecimal digits behind words, some of which begin as keys do.
    @Test(arguments: [
        "path-{H64}", "patient-{H64}", "patient_{H64}", "patient.{H64}", "pattern-{H64}", "patch-{H64}.diff",
        "patent-{H64}", "pat-{H64}", "key-{H32}", "key-{H24}", "key-{H40}", "sk_{H32}", "sk_{H24}", "secret_{H40}",
        "sl.{H64}", "pat.{H64}", "sat.{H40}", "aio_{H24}", "cio{H24}", "ico-{H24}", "sqa_{H32}", "API-{H24}", "SK{H32}",
        "AC{H32}",
        "dp.session.{H32}", "fw_{H24}", "fw_{H32}",
        "phx_{H24}", "rpa_{H24}", "sgp_{H24}", "nfp_{H24}", "pnu_{H24}", "api_org_{H24}", "tvly-{H20}", "fm2_{H32}",
        "AIza-{H32}", "order-{H24}", "order-{H32}", "order-{H40}", "order-{H64}", "{H24}", "{H32}", "{H40}", "{H64}",
        "{H8}-{H4}-{H4}-{H4}-{H12}", "sk-{H8}-{H4}-{H4}-{H4}-{H12}", "dp.{H8}-{H4}-{H4}-{H4}-{H12}",
        "sgp_{H8}-{H4}-{H4}-{H4}-{H12}", "xai-{H8}-{H4}-{H4}-{H4}-{H12}", "SG.{H8}-{H4}-{H4}-{H4}-{H12}",
        "NRII-{H8}-{H4}-{H4}-{H4}-{H12}", "key-{H8}-{H4}-{H4}-{H4}-{H12}", "hf_{H8}-{H4}-{H4}-{H4}-{H12}",
        "patient-{H8}-{H4}-{H4}-{H4}-{H12}", "session:{H8}-{H4}-{H4}-{H4}-{H12}",
    ])
    func identifiersStay(form: String) {
        var state: UInt64 = 3
        for _ in 0..<200 {
            let id = Self.drawn(form, &state)
            #expect(!Self.holds(id, .identifier), "\(id)")
        }
    }

    /// What may be an MD5 behind a word is a key where no id stands, and as long as that is.
    @Test func digestsBehindWordsAreKeysButAsIDs() {
        let key = "key-\(Self.hexadecimal.prefix(32))"
        #expect(Self.holds(key, .certain) && CredentialText.without("mail \(key), then") == "mail *, then")
        #expect(!Self.holds(key, .identifier) && !Self.holds("about \(key)", .identifier))
        for other in ["\(key)0", "\(key)-1", "\(key)_x", "key-\(Self.hexadecimal)", String(key.dropLast())] {
            #expect(!Self.holds(other, .certain), "\(other)")
        }
    }

    @Test(arguments: ["", "sk", "sk_SK", "s", "eyJhbGc"]) func shortTextsAreNone(text: String) {
        #expect(!CredentialPrefixes.begins(Array(text.utf8)[...]) && !Self.holds(text, .random))
    }

    /// Members of events whose values are keys are withheld under any name.
    @Test(arguments: keys) func eventsKeepNoKeys(key: String) {
        let kept = row(event("llm.call", #""note":"\#(key)","kept":"yes""#))
        #expect(!kept.contains(key) && kept.contains("yes"))
    }
}
