// The built-in templates, one array for each file. list-templates.sh writes this file: do not edit it.

#include "CEmbed.h"

static const uint8_t text0[] = {
#embed "../../templates/ad-copy/aida.md" if_empty(0)
};
static const uint8_t text1[] = {
#embed "../../templates/ad-copy/google-ad-set.md" if_empty(0)
};
static const uint8_t text2[] = {
#embed "../../templates/ad-copy/landing-hero.md" if_empty(0)
};
static const uint8_t text3[] = {
#embed "../../templates/ad-copy/linkedin-post.md" if_empty(0)
};
static const uint8_t text4[] = {
#embed "../../templates/ad-copy/pas.md" if_empty(0)
};
static const uint8_t text5[] = {
#embed "../../templates/ad-copy/press-intro.md" if_empty(0)
};
static const uint8_t text6[] = {
#embed "../../templates/ad-copy/product-ad.md" if_empty(0)
};
static const uint8_t text7[] = {
#embed "../../templates/ad-copy/product-bullets.md" if_empty(0)
};
static const uint8_t text8[] = {
#embed "../../templates/ad-copy/product-description.md" if_empty(0)
};
static const uint8_t text9[] = {
#embed "../../templates/ad-copy/slogan.md" if_empty(0)
};
static const uint8_t text10[] = {
#embed "../../templates/ad-copy/social-ad.md" if_empty(0)
};
static const uint8_t text11[] = {
#embed "../../templates/ad-copy/x-post.md" if_empty(0)
};
static const uint8_t text12[] = {
#embed "../../templates/emails/cancellation-email.md" if_empty(0)
};
static const uint8_t text13[] = {
#embed "../../templates/emails/follow-up-email.md" if_empty(0)
};
static const uint8_t text14[] = {
#embed "../../templates/emails/welcome-email.md" if_empty(0)
};
static const uint8_t text15[] = {
#embed "../../templates/headlines/article-headline.md" if_empty(0)
};
static const uint8_t text16[] = {
#embed "../../templates/headlines/email-subject.md" if_empty(0)
};
static const uint8_t text17[] = {
#embed "../../templates/headlines/hashtags.md" if_empty(0)
};
static const uint8_t text18[] = {
#embed "../../templates/headlines/headline-from-text.md" if_empty(0)
};
static const uint8_t text19[] = {
#embed "../../templates/headlines/listicle-headline.md" if_empty(0)
};
static const uint8_t text20[] = {
#embed "../../templates/headlines/news-headline.md" if_empty(0)
};
static const uint8_t text21[] = {
#embed "../../templates/headlines/search-ad-description.md" if_empty(0)
};
static const uint8_t text22[] = {
#embed "../../templates/headlines/search-ad-headline.md" if_empty(0)
};
static const uint8_t text23[] = {
#embed "../../templates/headlines/seo-headline.md" if_empty(0)
};
static const uint8_t text24[] = {
#embed "../../templates/headlines/youtube-video.md" if_empty(0)
};
static const uint8_t text25[] = {
#embed "../../templates/rewrite/bullets-to-paragraph.md" if_empty(0)
};
static const uint8_t text26[] = {
#embed "../../templates/rewrite/change-tone.md" if_empty(0)
};
static const uint8_t text27[] = {
#embed "../../templates/rewrite/expand.md" if_empty(0)
};
static const uint8_t text28[] = {
#embed "../../templates/rewrite/fix-grammar.md" if_empty(0)
};
static const uint8_t text29[] = {
#embed "../../templates/rewrite/improve.md" if_empty(0)
};
static const uint8_t text30[] = {
#embed "../../templates/rewrite/shorten.md" if_empty(0)
};
static const uint8_t text31[] = {
#embed "../../templates/rewrite/simplify.md" if_empty(0)
};
static const uint8_t text32[] = {
#embed "../../templates/stories/character-sketch.md" if_empty(0)
};
static const uint8_t text33[] = {
#embed "../../templates/stories/continue-story.md" if_empty(0)
};
static const uint8_t text34[] = {
#embed "../../templates/stories/dialogue-scene.md" if_empty(0)
};
static const uint8_t text35[] = {
#embed "../../templates/stories/opening-line.md" if_empty(0)
};
static const uint8_t text36[] = {
#embed "../../templates/stories/short-story.md" if_empty(0)
};
static const uint8_t text37[] = {
#embed "../../templates/stories/story-outline.md" if_empty(0)
};
static const uint8_t text38[] = {
#embed "../../templates/summaries/answer-from-text.md" if_empty(0)
};
static const uint8_t text39[] = {
#embed "../../templates/summaries/bullet-summary.md" if_empty(0)
};
static const uint8_t text40[] = {
#embed "../../templates/summaries/explain-simply.md" if_empty(0)
};
static const uint8_t text41[] = {
#embed "../../templates/summaries/faq.md" if_empty(0)
};
static const uint8_t text42[] = {
#embed "../../templates/summaries/meeting-minutes.md" if_empty(0)
};
static const uint8_t text43[] = {
#embed "../../templates/summaries/one-sentence-summary.md" if_empty(0)
};
static const uint8_t text44[] = {
#embed "../../templates/summaries/tldr.md" if_empty(0)
};
static const uint8_t text45[] = {
#embed "../../templates/translate/translate.md" if_empty(0)
};
static const uint8_t text46[] = {
#embed "../../templates/translate/translate-with-glossary.md" if_empty(0)
};

static const struct {
    const char *name;
    const uint8_t *bytes;
    size_t byteCount;
} templates[] = {
    {"ad-copy/aida", text0, sizeof text0},
    {"ad-copy/google-ad-set", text1, sizeof text1},
    {"ad-copy/landing-hero", text2, sizeof text2},
    {"ad-copy/linkedin-post", text3, sizeof text3},
    {"ad-copy/pas", text4, sizeof text4},
    {"ad-copy/press-intro", text5, sizeof text5},
    {"ad-copy/product-ad", text6, sizeof text6},
    {"ad-copy/product-bullets", text7, sizeof text7},
    {"ad-copy/product-description", text8, sizeof text8},
    {"ad-copy/slogan", text9, sizeof text9},
    {"ad-copy/social-ad", text10, sizeof text10},
    {"ad-copy/x-post", text11, sizeof text11},
    {"emails/cancellation-email", text12, sizeof text12},
    {"emails/follow-up-email", text13, sizeof text13},
    {"emails/welcome-email", text14, sizeof text14},
    {"headlines/article-headline", text15, sizeof text15},
    {"headlines/email-subject", text16, sizeof text16},
    {"headlines/hashtags", text17, sizeof text17},
    {"headlines/headline-from-text", text18, sizeof text18},
    {"headlines/listicle-headline", text19, sizeof text19},
    {"headlines/news-headline", text20, sizeof text20},
    {"headlines/search-ad-description", text21, sizeof text21},
    {"headlines/search-ad-headline", text22, sizeof text22},
    {"headlines/seo-headline", text23, sizeof text23},
    {"headlines/youtube-video", text24, sizeof text24},
    {"rewrite/bullets-to-paragraph", text25, sizeof text25},
    {"rewrite/change-tone", text26, sizeof text26},
    {"rewrite/expand", text27, sizeof text27},
    {"rewrite/fix-grammar", text28, sizeof text28},
    {"rewrite/improve", text29, sizeof text29},
    {"rewrite/shorten", text30, sizeof text30},
    {"rewrite/simplify", text31, sizeof text31},
    {"stories/character-sketch", text32, sizeof text32},
    {"stories/continue-story", text33, sizeof text33},
    {"stories/dialogue-scene", text34, sizeof text34},
    {"stories/opening-line", text35, sizeof text35},
    {"stories/short-story", text36, sizeof text36},
    {"stories/story-outline", text37, sizeof text37},
    {"summaries/answer-from-text", text38, sizeof text38},
    {"summaries/bullet-summary", text39, sizeof text39},
    {"summaries/explain-simply", text40, sizeof text40},
    {"summaries/faq", text41, sizeof text41},
    {"summaries/meeting-minutes", text42, sizeof text42},
    {"summaries/one-sentence-summary", text43, sizeof text43},
    {"summaries/tldr", text44, sizeof text44},
    {"translate/translate", text45, sizeof text45},
    {"translate/translate-with-glossary", text46, sizeof text46},
};

static const size_t count = sizeof templates / sizeof *templates;
static const uint8_t nothing[1] = {0};

size_t ce_template_count(void) { return count; }
const char *ce_template_name(size_t index) { return index < count ? templates[index].name : ""; }
const uint8_t *ce_template_bytes(size_t index) { return index < count ? templates[index].bytes : nothing; }
size_t ce_template_byte_count(size_t index) { return index < count ? templates[index].byteCount : 0; }
