package io.reseal.rotation.internal.report;

import java.util.List;
import java.util.function.Predicate;

/** A page to read and to print: no scripts, nothing loaded from elsewhere. Texts are escaped here, and nowhere else. */
public final class HtmlPage {

    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>TITLE</title>
            <style>
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
            table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem }
            th, td { border: 1px solid #bbb; padding: .3rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
            th { background: #f0f0f0 }
            .notice { border-left: .4rem solid #b00020; background: #fdf0f1; padding: .6rem 1rem }
            .bad { color: #b00020; font-weight: bold }
            svg { max-width: 100%; height: auto }
            @media print { body { margin: 0; max-width: none } tr, figure, .notice { break-inside: avoid } thead { display: table-header-group } }
            </style>
            </head>
            <body>
            <h1>TITLE</h1>
            """;

    private final StringBuilder page = new StringBuilder();
    private final Predicate<String> isBad;

    /** @param isBad which texts of cells are to stand out */
    public HtmlPage(String title, Predicate<String> isBad) {
        this.isBad = isBad;
        page.append(HEAD.replace("TITLE", escaped(title)));
    }

    public void heading(String text) {
        page.append("<h2>").append(escaped(text)).append("</h2>\n");
    }

    public void paragraph(String text) {
        page.append("<p>").append(escaped(text)).append("</p>\n");
    }

    /** What nobody may overlook. */
    public void notice(String text) {
        page.append("<p class=\"notice\">").append(escaped(text)).append("</p>\n");
    }

    public void table(List<String> head, List<List<String>> rows) {
        page.append("<table>\n<thead><tr>");
        head.forEach(
                cell -> page.append("<th scope=\"col\">").append(escaped(cell)).append("</th>"));
        page.append("</tr></thead>\n<tbody>\n");
        for (List<String> row : rows) {
            page.append("<tr>");
            row.forEach(this::cell);
            page.append("</tr>\n");
        }
        page.append("</tbody>\n</table>\n");
    }

    private void cell(String text) {
        page.append(isBad.test(text) ? "<td class=\"bad\">" : "<td>")
                .append(escaped(text))
                .append("</td>");
    }

    public void chart(BarChart chart) {
        page.append("<figure>\n").append(chart.svg()).append("</figure>\n");
    }

    public String end() {
        return page.append("</body>\n</html>\n").toString();
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
