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
#embed "../../templates/chat/assistant.md" if_empty(0)
};
static const uint8_t text13[] = {
#embed "../../templates/chat/brainstorming-partner.md" if_empty(0)
};
static const uint8_t text14[] = {
#embed "../../templates/chat/companion.md" if_empty(0)
};
static const uint8_t text15[] = {
#embed "../../templates/chat/devils-advocate.md" if_empty(0)
};
static const uint8_t text16[] = {
#embed "../../templates/chat/editor.md" if_empty(0)
};
static const uint8_t text17[] = {
#embed "../../templates/chat/headline-critic.md" if_empty(0)
};
static const uint8_t text18[] = {
#embed "../../templates/chat/interviewer.md" if_empty(0)
};
static const uint8_t text19[] = {
#embed "../../templates/chat/story-character.md" if_empty(0)
};
static const uint8_t text20[] = {
#embed "../../templates/chat/support-agent.md" if_empty(0)
};
static const uint8_t text21[] = {
#embed "../../templates/chat/translator.md" if_empty(0)
};
static const uint8_t text22[] = {
#embed "../../templates/chat/tutor.md" if_empty(0)
};
static const uint8_t text23[] = {
#embed "../../templates/emails/cancellation-email.md" if_empty(0)
};
static const uint8_t text24[] = {
#embed "../../templates/emails/follow-up-email.md" if_empty(0)
};
static const uint8_t text25[] = {
#embed "../../templates/emails/welcome-email.md" if_empty(0)
};
static const uint8_t text26[] = {
#embed "../../templates/headlines/article-headline.md" if_empty(0)
};
static const uint8_t text27[] = {
#embed "../../templates/headlines/email-subject.md" if_empty(0)
};
static const uint8_t text28[] = {
#embed "../../templates/headlines/hashtags.md" if_empty(0)
};
static const uint8_t text29[] = {
#embed "../../templates/headlines/headline-from-text.md" if_empty(0)
};
static const uint8_t text30[] = {
#embed "../../templates/headlines/listicle-headline.md" if_empty(0)
};
static const uint8_t text31[] = {
#embed "../../templates/headlines/news-headline.md" if_empty(0)
};
static const uint8_t text32[] = {
#embed "../../templates/headlines/search-ad-description.md" if_empty(0)
};
static const uint8_t text33[] = {
#embed "../../templates/headlines/search-ad-headline.md" if_empty(0)
};
static const uint8_t text34[] = {
#embed "../../templates/headlines/seo-headline.md" if_empty(0)
};
static const uint8_t text35[] = {
#embed "../../templates/headlines/youtube-video.md" if_empty(0)
};
static const uint8_t text36[] = {
#embed "../../templates/rewrite/bullets-to-paragraph.md" if_empty(0)
};
static const uint8_t text37[] = {
#embed "../../templates/rewrite/change-tone.md" if_empty(0)
};
static const uint8_t text38[] = {
#embed "../../templates/rewrite/expand.md" if_empty(0)
};
static const uint8_t text39[] = {
#embed "../../templates/rewrite/fix-grammar.md" if_empty(0)
};
static const uint8_t text40[] = {
#embed "../../templates/rewrite/improve.md" if_empty(0)
};
static const uint8_t text41[] = {
#embed "../../templates/rewrite/shorten.md" if_empty(0)
};
static const uint8_t text42[] = {
#embed "../../templates/rewrite/simplify.md" if_empty(0)
};
static const uint8_t text43[] = {
#embed "../../templates/stories/character-sketch.md" if_empty(0)
};
static const uint8_t text44[] = {
#embed "../../templates/stories/continue-story.md" if_empty(0)
};
static const uint8_t text45[] = {
#embed "../../templates/stories/dialogue-scene.md" if_empty(0)
};
static const uint8_t text46[] = {
#embed "../../templates/stories/opening-line.md" if_empty(0)
};
static const uint8_t text47[] = {
#embed "../../templates/stories/short-story.md" if_empty(0)
};
static const uint8_t text48[] = {
#embed "../../templates/stories/story-outline.md" if_empty(0)
};
static const uint8_t text49[] = {
#embed "../../templates/summaries/answer-from-text.md" if_empty(0)
};
static const uint8_t text50[] = {
#embed "../../templates/summaries/bullet-summary.md" if_empty(0)
};
static const uint8_t text51[] = {
#embed "../../templates/summaries/explain-simply.md" if_empty(0)
};
static const uint8_t text52[] = {
#embed "../../templates/summaries/faq.md" if_empty(0)
};
static const uint8_t text53[] = {
#embed "../../templates/summaries/meeting-minutes.md" if_empty(0)
};
static const uint8_t text54[] = {
#embed "../../templates/summaries/one-sentence-summary.md" if_empty(0)
};
static const uint8_t text55[] = {
#embed "../../templates/summaries/tldr.md" if_empty(0)
};
static const uint8_t text56[] = {
#embed "../../templates/translate/translate.md" if_empty(0)
};
static const uint8_t text57[] = {
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
    {"chat/assistant", text12, sizeof text12},
    {"chat/brainstorming-partner", text13, sizeof text13},
    {"chat/companion", text14, sizeof text14},
    {"chat/devils-advocate", text15, sizeof text15},
    {"chat/editor", text16, sizeof text16},
    {"chat/headline-critic", text17, sizeof text17},
    {"chat/interviewer", text18, sizeof text18},
    {"chat/story-character", text19, sizeof text19},
    {"chat/support-agent", text20, sizeof text20},
    {"chat/translator", text21, sizeof text21},
    {"chat/tutor", text22, sizeof text22},
    {"emails/cancellation-email", text23, sizeof text23},
    {"emails/follow-up-email", text24, sizeof text24},
    {"emails/welcome-email", text25, sizeof text25},
    {"headlines/article-headline", text26, sizeof text26},
    {"headlines/email-subject", text27, sizeof text27},
    {"headlines/hashtags", text28, sizeof text28},
    {"headlines/headline-from-text", text29, sizeof text29},
    {"headlines/listicle-headline", text30, sizeof text30},
    {"headlines/news-headline", text31, sizeof text31},
    {"headlines/search-ad-description", text32, sizeof text32},
    {"headlines/search-ad-headline", text33, sizeof text33},
    {"headlines/seo-headline", text34, sizeof text34},
    {"headlines/youtube-video", text35, sizeof text35},
    {"rewrite/bullets-to-paragraph", text36, sizeof text36},
    {"rewrite/change-tone", text37, sizeof text37},
    {"rewrite/expand", text38, sizeof text38},
    {"rewrite/fix-grammar", text39, sizeof text39},
    {"rewrite/improve", text40, sizeof text40},
    {"rewrite/shorten", text41, sizeof text41},
    {"rewrite/simplify", text42, sizeof text42},
    {"stories/character-sketch", text43, sizeof text43},
    {"stories/continue-story", text44, sizeof text44},
    {"stories/dialogue-scene", text45, sizeof text45},
    {"stories/opening-line", text46, sizeof text46},
    {"stories/short-story", text47, sizeof text47},
    {"stories/story-outline", text48, sizeof text48},
    {"summaries/answer-from-text", text49, sizeof text49},
    {"summaries/bullet-summary", text50, sizeof text50},
    {"summaries/explain-simply", text51, sizeof text51},
    {"summaries/faq", text52, sizeof text52},
    {"summaries/meeting-minutes", text53, sizeof text53},
    {"summaries/one-sentence-summary", text54, sizeof text54},
    {"summaries/tldr", text55, sizeof text55},
    {"translate/translate", text56, sizeof text56},
    {"translate/translate-with-glossary", text57, sizeof text57},
};

static const size_t count = sizeof templates / sizeof *templates;
static const uint8_t nothing[1] = {0};

size_t ce_template_count(void) { return count; }
const char *ce_template_name(size_t index) { return index < count ? templates[index].name : ""; }
const uint8_t *ce_template_bytes(size_t index) { return index < count ? templates[index].bytes : nothing; }
size_t ce_template_byte_count(size_t index) { return index < count ? templates[index].byteCount : 0; }
