package io.reseal.rotation.internal.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseTlsTest {

    @ParameterizedTest
    @CsvSource({
        "jdbc:h2:mem:test, false",
        "jdbc:h2:file:/var/tcp/test, false",
        "jdbc:h2:~/test, false",
        "jdbc:h2:ssl://db.example.com/~/test, false",
        "jdbc:h2:tcp://localhost:9092/~/test, false",
        "jdbc:h2:tcp://127.0.0.1/~/test, false",
        "jdbc:h2:tcp://[::1]:9092/~/test, false",
        "jdbc:h2:tcp:localhost/~/test, false",
        "jdbc:h2:tcp://db.example.com/~/test, true",
        "jdbc:h2:tcp://localhost.example.com/~/test, true",
        "jdbc:h2:tcp://127.example.com/~/test, true",
        "'jdbc:h2:tcp://localhost:9101,127.0.0.1:9102/~/test', false",
        "'jdbc:h2:tcp://localhost:9101,db.example.com:9102/~/test', true",
        "jdbc:h2:tcp://10.0.0.7:9092/~/test, true",
    })
    void tellsByTheUrlOfH2WhetherOthersCouldListen(String url, boolean isInClear) {
        assertThat(DatabaseTls.byUrl(url).isInClear()).isEqualTo(isInClear);
    }
}
