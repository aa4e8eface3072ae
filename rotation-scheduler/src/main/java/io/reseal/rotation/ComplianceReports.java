package io.reseal.rotation;

import io.reseal.ResealSettings;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.compliance.ComplianceReport;
import io.reseal.rotation.compliance.ControlFinding;
import io.reseal.rotation.compliance.ReportPeriod;
import io.reseal.rotation.internal.compliance.Reporting;
import io.reseal.rotation.internal.compliance.Sources;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Optional;

/**
 * Reports of what the rotation of keys did in a period, and of what that says about the controls that auditors ask for. Kept in the table
 * {@code reseal_report}, never changed, and known to the audit log by their digest. Safe for use by several threads and processes.
 *
 * <p>Making one reads the whole audit log, and counts the values of every mapped column: as much work as a proof. It fails with what
 * {@link io.reseal.keys.KeyRegistry#refresh} throws when the key store does not answer or was changed by somebody else.
 */
public final class ComplianceReports {

    private final Reporting reporting;

    /** What reports are made from, and kept in. */
    record Ground(ResealDatabase database, ResealSettings settings, Clocks clocks) {}

    ComplianceReports(KeyRegistry keys, Incidents incidents, Health health, Ground ground) {
        this.reporting = new Reporting(new Sources(
                ground.database(),
                ground.settings(),
                ground.clocks().node(),
                ground.clocks().database(),
                () -> upToDate(keys),
                () -> incidents.all().stream()
                        .map(incident -> incidents.report(incident.key()))
                        .toList(),
                health::connections,
                keys.trail()));
    }

    /** What this node has counted is in the tables, and nobody else has changed the keys. */
    private static void upToDate(KeyRegistry keys) {
        var unused = keys.refresh();
        var unusedToo = keys.usage();
    }

    /**
     * Makes a report that a person asks for; each call makes another one.
     *
     * @param period may reach beyond now: then the report is of what was until now
     * @throws io.reseal.rotation.compliance.ReportRefusedException if the period has not begun
     */
    public ComplianceReport generate(ReportPeriod period, Person by, String reason) {
        return reporting.generate(period, by.toString(), reason);
    }

    /** The report of the last calendar month, in UTC, that is over: made unless there is one. However many nodes ask, there is one. */
    public ComplianceReport lastMonth() {
        return reporting.lastMonth();
    }

    /**
     * Makes the report of each of the last twelve calendar months that is over, in which there were keys, and that has none: what a
     * scheduler missed that was down. Returns those that were made or found, oldest first.
     */
    public List<ComplianceReport> catchUp() {
        return reporting.catchUp();
    }

    /** All of them, the newest first; what they say is compared with the audit log when it is asked for. */
    public List<ComplianceReport> list() {
        return reporting.list();
    }

    /** One of them, if there is one with this id. */
    public Optional<ComplianceReport> find(String id) {
        return reporting.find(id);
    }

    /**
     * What a report found about each control.
     *
     * @throws io.reseal.rotation.compliance.ReportRefusedException if it is not what was made
     * @throws IllegalArgumentException if there is no such report
     */
    public List<ControlFinding> findings(String id) {
        return reporting.findings(id);
    }

    /** A report as JSON, exactly as it was stored and digested, and a line end; {@code to} is left open. Throws as {@link #findings}. */
    public void writeJson(String id, Writer to) throws IOException {
        reporting.writeJson(id, to);
    }

    /** A report as one page to read and to print; {@code to} is left open. Throws as {@link #findings}. */
    public void writeHtml(String id, Writer to) throws IOException {
        reporting.writeHtml(id, to);
    }

    /** A report as CSV, a line for each value; {@code to} is left open. Throws as {@link #findings}. */
    public void writeCsv(String id, Writer to) throws IOException {
        reporting.writeCsv(id, to);
    }
}
