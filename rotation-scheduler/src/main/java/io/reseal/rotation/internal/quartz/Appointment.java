package io.reseal.rotation.internal.quartz;

import io.reseal.ResealConfigurationException;
import java.text.ParseException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Optional;
import java.util.TimeZone;
import org.quartz.CronExpression;

/**
 * When a task is begun.
 *
 * @param task its name
 * @param cron an expression as Quartz has it, in UTC
 */
public record Appointment(String task, String cron) {

    static final TimeZone UTC = TimeZone.getTimeZone(ZoneOffset.UTC);

    /**
     * This appointment, if it will come.
     *
     * @throws ResealConfigurationException if the expression is none, or does not come true after {@code now}; the message names {@code setting}
     */
    public Appointment require(String setting, Instant now) {
        try {
            if (after(now).isPresent()) {
                return this;
            }
        } catch (IllegalArgumentException e) {
            throw new ResealConfigurationException(
                    "The setting " + setting + " is '" + cron + "', which is no cron expression: " + e.getMessage()
                            + ". Use seconds, minutes, hours, day of month, month and day of week, such as '0 0 1 * * ?', or"
                            + " 'off'",
                    e);
        }
        throw new ResealConfigurationException(
                "The setting " + setting + " is '" + cron + "', which never comes: use another expression, or 'off'",
                null);
    }

    /** The next time after a moment; empty if there is none. */
    public Optional<Instant> after(Instant moment) {
        return Optional.ofNullable(expression().getNextValidTimeAfter(Date.from(moment)))
                .map(Date::toInstant);
    }

    private CronExpression expression() {
        try {
            CronExpression expression = new CronExpression(cron);
            expression.setTimeZone(UTC);
            return expression;
        } catch (ParseException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
