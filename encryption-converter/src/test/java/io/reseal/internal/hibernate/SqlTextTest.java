package io.reseal.internal.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token = 1",
                "TOKEN is null",
                "lower(t.Token)",
                "{alias}.token > 3",
                "\"token\" <> ''",
                "public.account.\"TOKEN\"",
                "`token`",
                "[token]",
                "x.token::text",
                "token in (1, 2)"
            })
    void findsTheColumn(String sql) {
        assertThat(new SqlText(sql).namesColumn("token")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token_id = 1",
                "my_token = 1",
                "kind = 'token'",
                "kind = 'it''s token'",
                "kind = :token",
                "token(3)",
                "token.id = 3",
                "id = 3 -- token",
                "id /* token */ = 3",
                "tökentoken"
            })
    void isNotFooledByWhatIsNoColumn(String sql) {
        assertThat(new SqlText(sql).namesColumn("token")).isFalse();
    }

    @Test
    void tellsPathsApart() {
        SqlText order = new SqlText("address.street desc, name");
        assertThat(order.namesPath("address.street")).isTrue();
        assertThat(order.namesPath("name")).isTrue();
        assertThat(order.namesPath("street")).isFalse();
    }
}
