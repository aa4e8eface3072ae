package io.reseal.examples.social;

import java.util.Locale;

/** The languages of the platform's users, each with what somebody might say about itself and a city. */
enum Language {
    ARABIC("ar", "أعيش في %s وأكتب القصص القصيرة."),
    ARMENIAN("hy", "Ապրում եմ %s քաղաքում, նկարում եմ կամուրջներ։"),
    CHINESE("zh-CN", "我在%s教书，周末去爬山⛰️。"),
    ENGLISH("en-GB", "Moved to %s for the rain and stayed for the bookshops."),
    FRENCH("fr", "À %s, j’écris des poèmes que personne ne lit, sauf ma grand-mère."),
    GEORGIAN("ka", "ვცხოვრობ ქალაქ %s-ში და ვმღერი გუნდში."),
    GERMAN("de", "Bäckerin aus %s, fährt bei jedem Wetter Rad. Größte Schwäche: Käsespätzle."),
    HEBREW("he", "גר ב%s, אופה לחם ומתקן אופניים."),
    JAPANESE("ja", "%sで写真を撮っています。猫が二匹います🐈"),
    KOREAN("ko", "%s에서 빵을 굽습니다. 사진과 산책을 좋아해요."),
    POLISH("pl", "Mieszkam w %s; żółwie, łódki i źródła."),
    PORTUGUESE("pt-BR", "Moro em %s; café, choro e corações partidos 💔."),
    RUSSIAN("ru", "Живу в городе %s, учу детей играть на виолончели."),
    THAI("th", "อยู่ที่ %s ชอบทำอาหารและถ่ายรูป"),
    TURKISH("tr", "%s doğumluyum; çay, deniz ve ışıklı pencereler."),
    UKRAINIAN("uk", "Мешкаю у місті %s, вирощую помідори й перекладаю вірші."),
    VIETNAMESE("vi", "Sống ở %s, thích phở và xe đạp cũ.");

    private final String tag;
    private final String introduction;

    Language(String tag, String introduction) {
        this.tag = tag;
        this.introduction = introduction;
    }

    String tag() {
        return tag;
    }

    Locale locale() {
        return Locale.forLanguageTag(tag);
    }

    String introductionFrom(String city) {
        return introduction.formatted(city);
    }
}
