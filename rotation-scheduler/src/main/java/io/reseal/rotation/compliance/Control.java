package io.reseal.rotation.compliance;

/**
 * The controls that the manual of the key rotation lists. Titles are those of the standards; where the manual words one differently,
 * {@link #note} says so. What a report finds supports evidence for a control as far as {@link #scope} goes, and no further.
 */
public enum Control {
    SOC2_CC6_1(
            new Title(
                    Framework.SOC2,
                    "CC6.1",
                    "The entity implements logical access security software, infrastructure, and architectures over protected"
                            + " information assets to protect them from security events to meet the entity's objectives"),
            Wording.of("Logical access controls documented and tested"),
            "",
            "That keys are wrapped, that what takes several people was done by several, and that nobody edited the log of it;"
                    + " not who may log in to the application or the database"),
    SOC2_CC6_7(
            new Title(
                    Framework.SOC2,
                    "CC6.7",
                    "The entity restricts the transmission, movement, and removal of information to authorized internal and"
                            + " external users and processes, and protects it during transmission, movement, or removal to meet the"
                            + " entity's objectives"),
            new Wording(
                    "Data transmission and disposal controls verified",
                    "The criterion does not name disposal, which is CC6.5; removal of keys is judged here because the manual asks"
                            + " for it"),
            "",
            "The connections of Reseal, and the destruction of keys; not how the application itself passes data on"),
    SOC2_CC6_8(
            new Title(
                    Framework.SOC2,
                    "CC6.8",
                    "The entity implements controls to prevent or detect and act upon the introduction of unauthorized or"
                            + " malicious software to meet the entity's objectives"),
            new Wording(
                    "Key management procedures implemented and audited",
                    "The criterion is about unauthorized or malicious software and does not name keys: those are a point of focus"
                            + " of CC6.1. What the manual asks for is judged here"),
            "",
            "That every step of a key is in an unbroken log, and that what somebody else wrote to keys and values was noticed and"
                    + " acted upon; nothing is looked for on hosts"),
    ISO_A_10_1_2(
            new Title(Framework.ISO_27001_2013, "A.10.1.2", "Key management"),
            Wording.of("Key management procedures documented"),
            "ISO/IEC 27002:2022 8.24 Use of cryptography",
            "That the keys of each type were replaced in time by a policy on record"),
    ISO_A_12_3_1(
            new Title(Framework.ISO_27001_2013, "A.12.3.1", "Information backup"),
            Wording.of("Regular backup and restoration testing"),
            "ISO/IEC 27002:2022 8.13 Information backup",
            "What people have attested about restoring; Reseal makes no backups of databases"),
    ISO_A_16_1_5(
            new Title(Framework.ISO_27001_2013, "A.16.1.5", "Response to information security incidents"),
            Wording.of("Response to information security incidents"),
            "ISO/IEC 27002:2022 5.26 Response to information security incidents",
            "Compromised keys, and Reseal's own alerts"),
    NIST_PR_DS_1(
            new Title(Framework.NIST_CSF_1_1, "PR.DS-1", "Data-at-rest is protected"),
            Wording.of("Data-at-rest protection through encryption"),
            "NIST CSF 2.0 PR.DS-01 The confidentiality, integrity, and availability of data-at-rest are protected",
            "The columns that applications have mapped; not other columns, files, logs or backups"),
    NIST_PR_DS_2(
            new Title(Framework.NIST_CSF_1_1, "PR.DS-2", "Data-in-transit is protected"),
            Wording.of("Data-in-transit protection verification"),
            "NIST CSF 2.0 PR.DS-02 The confidentiality, integrity, and availability of data-in-transit are protected",
            "The connections of Reseal; not those of the application"),
    NIST_DE_CM_1(
            new Title(
                    Framework.NIST_CSF_1_1,
                    "DE.CM-1",
                    "The network is monitored to detect potential cybersecurity events"),
            new Wording(
                    "Network and system monitoring for key events",
                    "The subcategory is about the network; key events are what is judged here"),
            "NIST CSF 2.0 DE.CM-01 Networks and network services are monitored to find potentially adverse events",
            "That keys were watched and people told; networks are not watched by Reseal"),
    NIST_RS_RP_1(
            new Title(Framework.NIST_CSF_1_1, "RS.RP-1", "Response plan is executed during or after an incident"),
            new Wording(
                    "Response plans tested and updated",
                    "The subcategory is about executing the plan; testing it is what the manual adds"),
            "NIST CSF 2.0 RS.MA-01 The incident response plan is executed in coordination with relevant third parties once an"
                    + " incident is declared",
            "The plan for compromised keys, executed or attested as a drill");

    private final String framework;
    private final String reference;
    private final String officialTitle;
    private final String manualWording;
    private final String note;
    private final String successor;
    private final String scope;

    Control(Title title, Wording wording, String successor, String scope) {
        this.framework = title.framework().text;
        this.reference = title.reference();
        this.officialTitle = title.text();
        this.manualWording = wording.manual();
        this.note = wording.note();
        this.successor = successor;
        this.scope = scope;
    }

    /** Where a control comes from. */
    private enum Framework {
        SOC2("SOC 2 (AICPA Trust Services Criteria 2017, points of focus revised 2022)"),
        ISO_27001_2013("ISO/IEC 27001:2013 Annex A"),
        NIST_CSF_1_1("NIST Cybersecurity Framework 1.1");

        private final String text;

        Framework(String text) {
            this.text = text;
        }
    }

    private record Title(Framework framework, String reference, String text) {}

    private record Wording(String manual, String note) {

        static Wording of(String manual) {
            return new Wording(manual, "");
        }
    }

    /** The standard, with its edition. */
    public String framework() {
        return framework;
    }

    /** For example {@code CC6.1}. */
    public String reference() {
        return reference;
    }

    /** As the standard words it. */
    public String officialTitle() {
        return officialTitle;
    }

    /** As the manual words it. */
    public String manualWording() {
        return manualWording;
    }

    /** In what the manual's wording is about something else than the standard's; empty if in nothing that matters here. */
    public String note() {
        return note;
    }

    /** What has taken its place in a newer edition, with its title; empty if nothing has. */
    public String successor() {
        return successor;
    }

    /** What a finding speaks of, and what not. */
    public String scope() {
        return scope;
    }
}
