import Testing
import WireFormats

/// Keys of providers, and ids that begin as they do.
@Suite struct CredentialPrefixesTests {
    private static let hexadecimal = "4bf92f3577b34da6a3ce929d0e0e473610bd3a4e"
    private static let letters = "Zx4Q9hT2bV7mK1pL8wR3yN6cD5fG0jSqA"
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
    ]
    private static let ofHexadecimal = [
        "dop_v1_", "doo_v1_", "dor_v1_", "shpat_", "shpss_", "shpca_", "shppa_", "sbp_", "dapi", "pul-",
        "key-", "SK", "sntryu_", "rubygems_", "e2b_", "bkua_", "shippo_live_", "shippo_test_",
        "plim_0123456789ab_", "patZx4Q9hT2bV7mK1.4bf92f35",
    ]
    private static let ofCapitals = ["AKIA", "ASIA", "ABIA", "ACCA", "NRAK-", "PMAT-", "AGE-SECRET-KEY-1\(capitals)"]
    private static let ofUUIDs = [
        "HRKU-", "pat-na1-", "pat-eu1-", "access-production-", "access-development-",
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
        #expect(CredentialPrefixes.begins(Array(key.utf8)[...]) && CredentialPrefixes.mayBeIn(key.utf8))
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

    @Test(arguments: ["", "sk", "sk_SK", "s", "eyJhbGc"]) func shortTextsAreNone(text: String) {
        #expect(!CredentialPrefixes.begins(Array(text.utf8)[...]) && !Self.holds(text, .random))
    }

    /// Members of events whose values are keys are withheld under any name.
    @Test(arguments: keys) func eventsKeepNoKeys(key: String) {
        let kept = row(event("llm.call", #""note":"\#(key)","kept":"yes""#))
        #expect(!kept.contains(key) && kept.contains("yes"))
    }
}
