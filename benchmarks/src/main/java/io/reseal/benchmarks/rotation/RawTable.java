package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.report.Figure;
import io.reseal.benchmarks.report.FigureTable;
import io.reseal.benchmarks.report.Spread;
import io.reseal.benchmarks.report.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What every contender did, with units: as a table, and as figures without a target. */
final class RawTable {

    private final Measurements measured;
    private final int cores;

    /** @param cores of the machine, which processor shares are about */
    RawTable(Measurements measured, int cores) {
        this.measured = measured;
        this.cores = cores;
    }

    Table table(Variant variant) {
        Table table = new Table(
                variant + ": contender",
                "rows/s",
                "least–most",
                "WAL B/row",
                "HOT %",
                "table ×",
                "with indexes ×",
                "client CPU %",
                "server CPU %");
        for (Contender contender : Contenders.ALL) {
            String name = contender.name();
            Spread speed = measured.of(variant, name, Measurement::rowsPerSecond);
            table.row(
                    name,
                    FigureTable.number(speed.median()),
                    FigureTable.number(speed.min()) + "–" + FigureTable.number(speed.max()),
                    median(variant, name, Measurement::walBytesPerRow),
                    median(variant, name, Measurement::hotPercent),
                    growth(contender, variant, Measurement::tableGrowth),
                    growth(contender, variant, Measurement::totalGrowth),
                    median(variant, name, measurement -> measurement.clientCpuPercent(cores)),
                    median(variant, name, measurement -> measurement.serverCpuPercent(cores)));
        }
        return table;
    }

    List<Figure> figures(Variant variant) {
        return Contenders.ALL.stream()
                .map(contender -> figure(variant, contender.name()))
                .toList();
    }

    private Figure figure(Variant variant, String name) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("rows", spread(variant, name, Measurement::rows).median());
        details.put(
                "walBytesPerRow",
                spread(variant, name, Measurement::walBytesPerRow).median());
        details.put("hotPercent", spread(variant, name, Measurement::hotPercent).median());
        details.put(
                "tableGrowth", spread(variant, name, Measurement::tableGrowth).median());
        details.put(
                "totalGrowth", spread(variant, name, Measurement::totalGrowth).median());
        details.put(
                "clientCpuPercent",
                spread(variant, name, each -> each.clientCpuPercent(cores)).median());
        details.put(
                "serverCpuPercent",
                spread(variant, name, each -> each.serverCpuPercent(cores)).median());
        return new Figure(
                variant + ": " + name,
                "rows/s",
                spread(variant, name, Measurement::rowsPerSecond),
                Optional.empty(),
                details);
    }

    private Spread spread(Variant variant, String name, ToDoubleFunction<Measurement> number) {
        return measured.of(variant, name, number);
    }

    private String median(Variant variant, String name, ToDoubleFunction<Measurement> number) {
        return FigureTable.number(measured.of(variant, name, number).median());
    }

    /** Of a sample, the growth of the whole table says nothing. */
    private String growth(Contender contender, Variant variant, ToDoubleFunction<Measurement> number) {
        return contender instanceof ClientSide ? "" : median(variant, contender.name(), number);
    }
}
