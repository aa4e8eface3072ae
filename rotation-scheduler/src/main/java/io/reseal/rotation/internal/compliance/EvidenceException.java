package io.reseal.rotation.internal.compliance;

import java.sql.SQLException;
import org.jdbi.v3.core.JdbiException;

/** The database did not answer a question that is no statement. */
final class EvidenceException extends JdbiException {

    private static final long serialVersionUID = 1L;

    EvidenceException(SQLException cause) {
        super(cause);
    }
}
