package io.reseal.rotation.internal.review;

import io.reseal.rotation.review.QuarterlyReview;
import io.reseal.rotation.review.QuarterlyReview.Attested;
import io.reseal.rotation.review.QuarterlyReview.Item;
import io.reseal.rotation.review.QuarterlyReview.Line;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** A review with all attestations, as one document. */
public final class ReviewDocument {

    private static final ObjectWriter JSON = JsonMapper.shared().writerWithDefaultPrettyPrinter();

    private ReviewDocument() {}

    public static String json(QuarterlyReview review) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("quarter", review.quarter());
        fields.put("due", review.due().toString());
        fields.put("completed", review.completed().map(Object::toString).orElse(null));
        fields.put("missing", review.missing().stream().map(Enum::name).toList());
        fields.put(
                "attested",
                review.attested().stream().map(ReviewDocument::fields).toList());
        return JSON.writeValueAsString(fields) + "\n";
    }

    private static Map<String, Object> fields(Attested attested) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("item", attested.item().name());
        fields.put("attests", attested.item().statement());
        fields.put("by", attested.by());
        fields.put("at", attested.at().toString());
        fields.put("statement", attested.statement());
        fields.put(
                "checks",
                attested.checks().stream()
                        .map(line -> Map.of("finding", line.isFinding(), "text", line.text()))
                        .toList());
        return fields;
    }

    /** For people: item after item. */
    public static String text(QuarterlyReview review) {
        StringBuilder text = new StringBuilder("Review of " + review.quarter() + ", due " + review.due() + ", "
                + review.completed().map(at -> "complete since " + at).orElse("missing: " + review.missing()) + "\n");
        for (Item item : Item.values()) {
            text.append('\n').append(item).append(": ").append(item.statement()).append('\n');
            List<Attested> all =
                    review.attested().stream().filter(one -> one.item() == item).toList();
            all.forEach(one -> text.append(paragraph(one)));
            text.append(all.isEmpty() ? "  not attested\n" : "");
        }
        return text.toString();
    }

    private static String paragraph(Attested attested) {
        StringBuilder text =
                new StringBuilder("  " + attested.by() + " at " + attested.at() + ": " + attested.statement() + "\n");
        for (Line line : attested.checks()) {
            text.append(line.isFinding() ? "    FINDING " : "    ok ")
                    .append(line.text())
                    .append('\n');
        }
        return text.toString();
    }
}
