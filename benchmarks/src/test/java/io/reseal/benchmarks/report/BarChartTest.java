package io.reseal.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class BarChartTest {

    @Test
    void thePictureNamesEveryFigure() throws Exception {
        List<Figure> figures = List.of(figure("engine to UPDATE", 1.62), figure("engine to pgcrypto", 1.2));

        Document svg = parsed(BarChart.svg("Speed", figures));

        assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(svg.getDocumentElement().getTextContent())
                .contains("Speed", "engine to UPDATE", "engine to pgcrypto", "1.62 ×", "1.20 × (missed)");
    }

    private static Figure figure(String name, double value) {
        return new Figure(name, "×", new Spread(List.of(value)), Optional.of(Target.atLeast(1.5)), Map.of());
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }
}
