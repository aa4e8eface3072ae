package io.reseal.rotation.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvLinesTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            value = {
                "=HYPERLINK(1), ~\"'=HYPERLINK(1)\"~",
                "+1, ~\"'+1\"~",
                "-1, ~\"'-1\"~",
                "@x, ~\"'@x\"~",
                "~\tx~, ~\"'\tx\"~",
                "~a\"b,c~, ~\"a\"\"b,c\"~",
                "~two\nlines~, ~\"two\nlines\"~",
                "1001, ~\"1001\"~"
            })
    void isQuotedAndNoFormula(String owner, String field) {
        assertThat(CsvLines.quoted(owner)).isEqualTo(field);
    }
}
