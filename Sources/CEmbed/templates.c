// The built-in templates, one array for each file. list-templates.sh writes this file: do not edit it.

#include "CEmbed.h"

static const uint8_t text0[] = {
#embed "../../templates/ad-copy/aida.md" if_empty(0)
};
static const uint8_t text1[] = {
#embed "../../templates/ad-copy/linkedin-post.md" if_empty(0)
};
static const uint8_t text2[] = {
#embed "../../templates/ad-copy/pas.md" if_empty(0)
};
static const uint8_t text3[] = {
#embed "../../templates/ad-copy/product-ad.md" if_empty(0)
};
static const uint8_t text4[] = {
#embed "../../templates/ad-copy/product-description.md" if_empty(0)
};
static const uint8_t text5[] = {
#embed "../../templates/ad-copy/slogan.md" if_empty(0)
};
static const uint8_t text6[] = {
#embed "../../templates/ad-copy/social-ad.md" if_empty(0)
};
static const uint8_t text7[] = {
#embed "../../templates/ad-copy/x-post.md" if_empty(0)
};
static const uint8_t text8[] = {
#embed "../../templates/headlines/article-headline.md" if_empty(0)
};
static const uint8_t text9[] = {
#embed "../../templates/headlines/email-subject.md" if_empty(0)
};
static const uint8_t text10[] = {
#embed "../../templates/headlines/headline-from-text.md" if_empty(0)
};
static const uint8_t text11[] = {
#embed "../../templates/headlines/listicle-headline.md" if_empty(0)
};
static const uint8_t text12[] = {
#embed "../../templates/headlines/news-headline.md" if_empty(0)
};
static const uint8_t text13[] = {
#embed "../../templates/headlines/search-ad-description.md" if_empty(0)
};
static const uint8_t text14[] = {
#embed "../../templates/headlines/search-ad-headline.md" if_empty(0)
};
static const uint8_t text15[] = {
#embed "../../templates/headlines/seo-headline.md" if_empty(0)
};
static const uint8_t text16[] = {
#embed "../../templates/rewrite/change-tone.md" if_empty(0)
};
static const uint8_t text17[] = {
#embed "../../templates/rewrite/expand.md" if_empty(0)
};
static const uint8_t text18[] = {
#embed "../../templates/rewrite/shorten.md" if_empty(0)
};
static const uint8_t text19[] = {
#embed "../../templates/stories/character-sketch.md" if_empty(0)
};
static const uint8_t text20[] = {
#embed "../../templates/stories/continue-story.md" if_empty(0)
};
static const uint8_t text21[] = {
#embed "../../templates/stories/dialogue-scene.md" if_empty(0)
};
static const uint8_t text22[] = {
#embed "../../templates/stories/opening-line.md" if_empty(0)
};
static const uint8_t text23[] = {
#embed "../../templates/stories/short-story.md" if_empty(0)
};
static const uint8_t text24[] = {
#embed "../../templates/stories/story-outline.md" if_empty(0)
};
static const uint8_t text25[] = {
#embed "../../templates/summaries/bullet-summary.md" if_empty(0)
};
static const uint8_t text26[] = {
#embed "../../templates/summaries/explain-simply.md" if_empty(0)
};
static const uint8_t text27[] = {
#embed "../../templates/summaries/meeting-minutes.md" if_empty(0)
};
static const uint8_t text28[] = {
#embed "../../templates/summaries/one-sentence-summary.md" if_empty(0)
};
static const uint8_t text29[] = {
#embed "../../templates/summaries/tldr.md" if_empty(0)
};
static const uint8_t text30[] = {
#embed "../../templates/translate/translate.md" if_empty(0)
};

static const struct {
    const char *name;
    const uint8_t *bytes;
    size_t byteCount;
} templates[] = {
    {"ad-copy/aida", text0, sizeof text0},
    {"ad-copy/linkedin-post", text1, sizeof text1},
    {"ad-copy/pas", text2, sizeof text2},
    {"ad-copy/product-ad", text3, sizeof text3},
    {"ad-copy/product-description", text4, sizeof text4},
    {"ad-copy/slogan", text5, sizeof text5},
    {"ad-copy/social-ad", text6, sizeof text6},
    {"ad-copy/x-post", text7, sizeof text7},
    {"headlines/article-headline", text8, sizeof text8},
    {"headlines/email-subject", text9, sizeof text9},
    {"headlines/headline-from-text", text10, sizeof text10},
    {"headlines/listicle-headline", text11, sizeof text11},
    {"headlines/news-headline", text12, sizeof text12},
    {"headlines/search-ad-description", text13, sizeof text13},
    {"headlines/search-ad-headline", text14, sizeof text14},
    {"headlines/seo-headline", text15, sizeof text15},
    {"rewrite/change-tone", text16, sizeof text16},
    {"rewrite/expand", text17, sizeof text17},
    {"rewrite/shorten", text18, sizeof text18},
    {"stories/character-sketch", text19, sizeof text19},
    {"stories/continue-story", text20, sizeof text20},
    {"stories/dialogue-scene", text21, sizeof text21},
    {"stories/opening-line", text22, sizeof text22},
    {"stories/short-story", text23, sizeof text23},
    {"stories/story-outline", text24, sizeof text24},
    {"summaries/bullet-summary", text25, sizeof text25},
    {"summaries/explain-simply", text26, sizeof text26},
    {"summaries/meeting-minutes", text27, sizeof text27},
    {"summaries/one-sentence-summary", text28, sizeof text28},
    {"summaries/tldr", text29, sizeof text29},
    {"translate/translate", text30, sizeof text30},
};

static const size_t count = sizeof templates / sizeof *templates;
static const uint8_t nothing[1] = {0};

size_t ce_template_count(void) { return count; }
const char *ce_template_name(size_t index) { return index < count ? templates[index].name : ""; }
const uint8_t *ce_template_bytes(size_t index) { return index < count ? templates[index].bytes : nothing; }
size_t ce_template_byte_count(size_t index) { return index < count ? templates[index].byteCount : 0; }
