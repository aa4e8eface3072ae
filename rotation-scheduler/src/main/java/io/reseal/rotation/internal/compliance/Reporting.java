package io.reseal.rotation.internal.compliance;

import io.reseal.audit.AuditHead;
import io.reseal.keys.AuditEntry;
import io.reseal.rotation.compliance.ComplianceReport;
import io.reseal.rotation.compliance.Control;
import io.reseal.rotation.compliance.ControlFinding;
import io.reseal.rotation.compliance.ReportPeriod;
import io.reseal.rotation.compliance.ReportRefusedException;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;

/** Makes, keeps and shows reports. */
public final class Reporting {

    private static final String PREFIX = "kr_report_";
    private static final String SYSTEM = "reseal";
    private static final int MONTHS = 12;

    private final Sources sources;
    private final ReportStore store;
    private final FactFinder finder;
    private final ReportMaker maker;

    public Reporting(Sources sources) {
        this.sources = sources;
        this.store = new ReportStore(sources.database().jdbi());
        this.finder = new FactFinder(sources);
        this.maker = new ReportMaker(sources.settings());
    }

    /** One that a person asks for. */
    public ComplianceReport generate(ReportPeriod period, String by, String reason) {
        Instant now = now();
        if (!period.from().isBefore(now)) {
            throw new ReportRefusedException(
                    "No report was made: the period " + period + " has not begun, it is " + now);
        }
        return make(new ReportMaker.Order(PREFIX + UUID.randomUUID(), period, by, reason), now);
    }

    /** The months of the last year that are over, had keys, and have no report yet: each gets one, the oldest first. */
    public List<ComplianceReport> catchUp() {
        Instant now = now();
        return finder.begin().map(Reporting::month).stream()
                .flatMap(first -> months(first, month(now)).stream())
                .filter(month -> store.find(id(month)).isEmpty())
                .map(month -> monthly(month, now))
                .toList();
    }

    private static List<YearMonth> months(YearMonth first, YearMonth present) {
        long lived = first.until(present, ChronoUnit.MONTHS);
        return LongStream.rangeClosed(1, Math.min(MONTHS, lived))
                .mapToObj(present::minusMonths)
                .sorted()
                .toList();
    }

    /** That of the last month that is over. */
    public ComplianceReport lastMonth() {
        Instant now = now();
        YearMonth month = month(now).minusMonths(1);
        return store.find(id(month)).orElseGet(() -> monthly(month, now));
    }

    private ComplianceReport monthly(YearMonth month, Instant now) {
        return make(
                new ReportMaker.Order(id(month), ReportPeriod.of(month), SYSTEM, "the monthly report of " + month),
                now);
    }

    private static String id(YearMonth month) {
        return PREFIX + month;
    }

    private ComplianceReport make(ReportMaker.Order order, Instant now) {
        sources.refresh().run();
        String body = ReportJson.text(maker.make(order, finder.find(order.period(), now, remembered())));
        ComplianceReport made = new ComplianceReport(
                order.id(), order.period(), now, order.by(), order.reason(), ReportJson.digest(body));
        AuditEntry entry = new AuditEntry(order.by(), ReportStore.ACTION, order.reason())
                .telling(ReportStore.detail(made.sha256()));
        return store.keep(
                new ReportStore.Stored(made, body), () -> sources.trail().did(ReportStore.subject(made.id()), entry));
    }

    /** Where the audit log ended when the newest report was made: what was cut off since is found, the entry of that report too. */
    private List<AuditHead> remembered() {
        return store.list().stream()
                .flatMap(report -> store.read(report.id()).stream())
                .filter(stored -> stored.report().sha256().equals(ReportJson.digest(stored.body())))
                .findFirst()
                .map(stored -> ReportJson.read(stored.body()).auditLog().heads().stream()
                        .map(AuditHead::parse)
                        .toList())
                .orElse(List.of());
    }

    public List<ComplianceReport> list() {
        return store.list();
    }

    public Optional<ComplianceReport> find(String id) {
        return store.find(id);
    }

    public List<ControlFinding> findings(String id) {
        return ReportJson.read(body(id)).controls().stream()
                .map(line -> new ControlFinding(
                        Control.valueOf(line.control()),
                        ControlFinding.Result.valueOf(line.result()),
                        line.reason(),
                        line.facts(),
                        line.evidence(),
                        line.at()))
                .toList();
    }

    public void writeJson(String id, Writer to) throws IOException {
        write(body(id) + "\n", to);
    }

    public void writeHtml(String id, Writer to) throws IOException {
        write(new ReportHtml(ReportJson.read(body(id))).page(), to);
    }

    public void writeCsv(String id, Writer to) throws IOException {
        ReportCsv.write(body(id), to);
    }

    private static void write(String text, Writer to) throws IOException {
        to.write(text);
        to.flush();
    }

    private String body(String id) {
        ReportStore.Stored stored =
                store.read(id).orElseThrow(() -> new IllegalArgumentException("There is no report " + id));
        if (!isAsMade(stored)) {
            throw new ReportRefusedException("The report " + id
                    + " is not shown: it is not what was made, because somebody other than Reseal changed reseal_report or"
                    + " reseal_audit since. Restore both from a backup, and verify the audit log");
        }
        return stored.body();
    }

    private boolean isAsMade(ReportStore.Stored stored) {
        String digest = ReportJson.digest(stored.body());
        return digest.equals(stored.report().sha256())
                && store.isTold(stored.report().id(), digest);
    }

    private Instant now() {
        return sources.stored().instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static YearMonth month(Instant moment) {
        return YearMonth.from(moment.atZone(ZoneOffset.UTC));
    }
}
